/** States and countries have their real names; what lies below is put together from parts and is no real place. */

/** [ISO 3166-2 part, name]; large ones first, so that a small tenant has states that everybody knows. */
export const indianStates: readonly (readonly [string, string])[] = [
  ['UP', 'Uttar Pradesh'], ['MH', 'Maharashtra'], ['TN', 'Tamil Nadu'], ['RJ', 'Rajasthan'], ['KA', 'Karnataka'],
  ['BR', 'Bihar'], ['GJ', 'Gujarat'], ['WB', 'West Bengal'], ['MP', 'Madhya Pradesh'], ['AP', 'Andhra Pradesh'],
  ['KL', 'Kerala'], ['TG', 'Telangana'], ['OD', 'Odisha'], ['AS', 'Assam'], ['PB', 'Punjab'], ['JH', 'Jharkhand'],
  ['HR', 'Haryana'], ['CG', 'Chhattisgarh'], ['UK', 'Uttarakhand'], ['HP', 'Himachal Pradesh'],
  ['JK', 'Jammu and Kashmir'], ['DL', 'Delhi'], ['TR', 'Tripura'], ['ML', 'Meghalaya'],
  ['MN', 'Manipur'], ['NL', 'Nagaland'], ['GA', 'Goa'],
  ['AR', 'Arunachal Pradesh'], ['MZ', 'Mizoram'], ['SK', 'Sikkim'], ['PY', 'Puducherry'], ['CH', 'Chandigarh'],
  ['AN', 'Andaman and Nicobar Islands'], ['DH', 'Dadra and Nagar Haveli and Daman and Diu'], ['LA', 'Ladakh'],
  ['LD', 'Lakshadweep'],
];

export const americanStates: readonly (readonly [string, string])[] = [
  ['TX', 'Texas'], ['IL', 'Illinois'], ['OH', 'Ohio'], ['CA', 'California'], ['NY', 'New York'], ['FL', 'Florida'],
  ['PA', 'Pennsylvania'], ['GA', 'Georgia'], ['NC', 'North Carolina'], ['MI', 'Michigan'], ['NJ', 'New Jersey'],
  ['VA', 'Virginia'], ['WA', 'Washington'], ['AZ', 'Arizona'], ['TN', 'Tennessee'], ['MA', 'Massachusetts'],
  ['IN', 'Indiana'], ['MO', 'Missouri'], ['MD', 'Maryland'], ['WI', 'Wisconsin'], ['CO', 'Colorado'],
  ['MN', 'Minnesota'], ['SC', 'South Carolina'], ['AL', 'Alabama'], ['LA', 'Louisiana'], ['KY', 'Kentucky'],
  ['OR', 'Oregon'], ['OK', 'Oklahoma'], ['CT', 'Connecticut'], ['UT', 'Utah'], ['IA', 'Iowa'], ['NV', 'Nevada'],
  ['AR', 'Arkansas'], ['MS', 'Mississippi'], ['KS', 'Kansas'], ['NM', 'New Mexico'], ['NE', 'Nebraska'], ['ID', 'Idaho'],
  ['WV', 'West Virginia'], ['HI', 'Hawaii'], ['NH', 'New Hampshire'], ['ME', 'Maine'], ['RI', 'Rhode Island'],
  ['MT', 'Montana'], ['DE', 'Delaware'], ['SD', 'South Dakota'], ['ND', 'North Dakota'], ['AK', 'Alaska'],
  ['VT', 'Vermont'], ['WY', 'Wyoming'],
];

export const countries: readonly (readonly [string, string])[] = [
  ['DE', 'Germany'], ['FR', 'France'], ['IT', 'Italy'], ['ES', 'Spain'], ['PL', 'Poland'], ['NL', 'Netherlands'],
  ['CH', 'Switzerland'], ['AT', 'Austria'], ['BR', 'Brazil'], ['IN', 'India'], ['ZA', 'South Africa'], ['JP', 'Japan'],
  ['GB', 'United Kingdom'], ['IE', 'Ireland'], ['BE', 'Belgium'], ['DK', 'Denmark'], ['SE', 'Sweden'], ['NO', 'Norway'],
  ['FI', 'Finland'], ['CZ', 'Czechia'], ['SK', 'Slovakia'], ['HU', 'Hungary'], ['RO', 'Romania'], ['BG', 'Bulgaria'],
  ['GR', 'Greece'], ['PT', 'Portugal'], ['TR', 'Türkiye'], ['CI', 'Côte d’Ivoire'], ['KE', 'Kenya'], ['NG', 'Nigeria'],
  ['GH', 'Ghana'], ['EG', 'Egypt'], ['MA', 'Morocco'], ['TN', 'Tunisia'], ['SN', 'Senegal'], ['RW', 'Rwanda'],
  ['MX', 'Mexico'], ['AR', 'Argentina'], ['CL', 'Chile'], ['CO', 'Colombia'], ['PE', 'Peru'], ['UY', 'Uruguay'],
  ['CA', 'Canada'], ['US', 'United States'], ['AU', 'Australia'], ['NZ', 'New Zealand'], ['SG', 'Singapore'],
  ['MY', 'Malaysia'], ['ID', 'Indonesia'], ['PH', 'Philippines'], ['TH', 'Thailand'], ['VN', 'Vietnam'],
  ['KR', 'South Korea'], ['LK', 'Sri Lanka'], ['AE', 'United Arab Emirates'], ['SA', 'Saudi Arabia'], ['IL', 'Israel'],
  ['EE', 'Estonia'], ['LV', 'Latvia'], ['LT', 'Lithuania'],
];

/** The nth of all the names that the parts make, in an order that does not show the pattern. */
function nthName(parts: readonly (readonly string[])[], n: number): string {
  const total = parts.reduce((product, part) => product * part.length, 1);
  // 100,003 is a prime that divides no product of these lists: the steps visit every combination once.
  let at = (n * 100_003 + 12_345) % total;
  let name = '';
  for (const part of parts) {
    name += part[at % part.length]!;
    at = Math.floor(at / part.length);
  }
  return name;
}

const indianParts = [
  `Ram Shiv Hari Dev Chand Sur Kish Mohan Raj Lal Bal Gop Nar Som Vijay Jay Sund Madh Kal Bhav Pras Amar Ind Kum Man
    Rat Sit Tara Uday Vish Yash Dhan Gir Jag Kamal Lax Mal Nav Pad Rud Sar Tej Vas Bel Nim Pip Khed Har`.split(/\s+/),
  ['', 'a', 'i', 'an', 'esh', 'wa', 'anda', 'al', 'ira', 'ona', 'ela', 'uli'],
  'pur nagar garh ganj abad khera wadi palli puram gaon pet kot giri sar bari tola wala danga halli mandi'.split(' '),
] as const;

const americanParts = [
  `Cedar Maple Oak Pine Elm Willow Birch Aspen Hickory Laurel Stone Silver Clear Spring Summer Prairie Eagle Falcon
    Heron Fox Deer Otter Granite Copper Iron Amber Crystal Sunny Meadow Liberty Harmony Pioneer Heritage Union Fair
    Green North West East South`.split(/\s+/),
  (' Ridge, Valley, Creek, Lake, Hills, Grove, Springs, Bend, Falls, Point, Fork, Crossing, Park, Mesa, Harbor, Bluff'
    + ', Glen, Prairie, Landing, Heights').split(','),
  ['', ' Junction', ' Center', ' Township', ' Station', ' County', ' Mills'],
] as const;

const internationalParts = [
  `Linden Rosen Berg Alten Neu Stein Hoch Wald Sonnen Morgen Val Mont Bel Mar Sol Luz Nova Terra Porto Riva Kron Vest
    Nord Lund Sund Dal Vik Tal Kar Mira Alta`.split(/\s+/),
  ['', 'a', 'e', 'i', 'o', 'en', 'er', 'an', 'is', 'or'],
  'berg feld hof stad ville mont port via dor mar tal vik holm burg grad mira nova stein'.split(' '),
] as const;

const capitalised = (name: string): string => name.charAt(0).toUpperCase() + name.slice(1);

export const indianPlace = (n: number): string => nthName(indianParts, n);
export const americanPlace = (n: number): string => nthName(americanParts, n);
export const internationalPlace = (n: number): string => capitalised(nthName(internationalParts, n).toLowerCase());
