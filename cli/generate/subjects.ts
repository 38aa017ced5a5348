/** What is taught, and what is to be learnt in it: twenty topics a subject, of which a grade takes twelve to twenty. */
export interface Subject { name: string; code: string; topics: readonly string[] }

const topics = (list: string): string[] => list.split(',').map(topic => topic.trim().replace(/\s+/g, ' '));

const mathematics = topics(`Counting and place value, Addition and subtraction, Multiplication, Division, Fractions,
  Decimals, Ratio and proportion, Percentages, Factors and multiples, Number patterns, Measuring length, Measuring
  time, Money, Lines and angles, Shapes and their properties, Perimeter and area, Volume, Symmetry, Reading charts,
  Chance`);
const science = topics(`Living things, Plants, Animals, The human body, Food and nutrition, Materials, States of
  matter, Mixtures, Heat, Light, Sound, Force and motion, Electricity, Magnets, Water, Air and weather, Soil and
  rocks, The solar system, Ecosystems, Asking questions and testing them`);
const language = topics(`Listening for meaning, Speaking clearly, Letter sounds, Reading aloud, Reading fluently, Main
  idea of a text, Details in a text, Reasoning from a text, Vocabulary in context, Word families, Spelling,
  Punctuation, Sentence building, Parts of speech, Tenses, Writing a paragraph, Writing a letter, Telling a story,
  Summaries, Giving an opinion`);
const society = topics(`Family and community, Maps and directions, Landforms, Climate, Resources, Farming, Trade and
  markets, Transport, Early settlements, Kingdoms and empires, Reading sources, Timelines, Rights and duties, Local
  government, National government, Elections, Diversity, Culture and heritage, Population, Environment`);
const computing = topics(`Parts of a computer, Files and folders, Writing documents, Spreadsheets, Presentations,
  Searching, Judging sources, Staying safe online, Privacy, Networks, Sequences, Loops, Conditions, Variables,
  Functions, Debugging, Data and tables, Images and sound, Working together, Building an application`);
const business = topics(`Needs and wants, Markets, Supply and demand, Budgets, Saving, Credit, Starting a business,
  Business models, Customers, Marketing, Pricing, Costs, Bookkeeping, Teams, Planning a project, Presenting an idea,
  Fair trade, Sustainability, Careers, Negotiation`);

export const indianSubjects: readonly Subject[] = [
  { name: 'Mathematics', code: 'MA', topics: mathematics },
  { name: 'Science', code: 'SC', topics: science },
  { name: 'English', code: 'EN', topics: language },
  { name: 'Social Science', code: 'SS', topics: society },
];

export const americanSubjects: readonly Subject[] = [
  { name: 'Math', code: 'MA', topics: mathematics },
  { name: 'English Language Arts', code: 'ELA', topics: language },
  { name: 'Science', code: 'SC', topics: science },
  { name: 'Social Studies', code: 'SS', topics: society },
];

export const internationalSubjects: readonly Subject[] = [
  { name: 'Mathematics', code: 'MA', topics: mathematics },
  { name: 'English', code: 'EN', topics: language },
  { name: 'Computing', code: 'CO', topics: computing },
  { name: 'Business', code: 'BU', topics: business },
];
