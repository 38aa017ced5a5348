/** Given and family names, each list for one profile; a person's name is a pair of them. */
export interface PeopleNames { given: readonly string[]; family: readonly string[] }

export const indianNames: PeopleNames = {
  given: `Aarav Aditi Akash Amrita Ananya Anil Arjun Asha Bhavna Chetan Deepa Dev Divya Farhan Gaurav Geeta Harish
    Indira Ishaan Jaya Karan Kavya Lakshmi Manish Meera Mohan Nandini Neha Nikhil Pooja Pranav Priya Rahul Rekha Rohan
    Sana Sanjay Shreya Sunil Tara Uma Varun Vikram Yash Zoya`.split(/\s+/),
  family: `Agarwal Ahmed Banerjee Bhat Chauhan Choudhary Das Desai Dubey Gandhi Ghosh Gupta Iyer Jain Joshi Kaur Khan
    Kulkarni Kumar Malik Mehta Menon Mishra Nair Naidu Pandey Patel Pillai Prasad Rao Rathore Reddy Roy Sharma Shah
    Singh Sinha Thakur Tiwari Verma Yadav`.split(/\s+/),
};

export const americanNames: PeopleNames = {
  given: `Abigail Aiden Alexander Amelia Andre Ava Benjamin Brandon Carlos Charlotte Daniel David Elena Elijah Emma
    Ethan Gabriel Grace Hannah Isabella Jackson Jada James Jasmine Jayden Jose Julia Kayla Liam Logan Lucas Madison
    Malik Maria Mason Mia Natalie Noah Olivia Owen Samuel Sofia Sophia Tyler Victoria William Zoe`.split(/\s+/),
  family: `Adams Allen Anderson Baker Brown Campbell Carter Chen Clark Davis Edwards Evans Flores Garcia Gonzalez
    Green Hall Harris Hernandez Hill Jackson Johnson Jones Kim King Lee Lewis Lopez Martin Martinez Miller Mitchell
    Moore Nguyen O'Brien O'Connor Parker Perez Ramirez Roberts Robinson Smith Taylor Thomas Walker White Williams
    Wright Young`.split(/\s+/),
};

export const internationalNames: PeopleNames = {
  given: `Adam Aisha Amélie Anna Antoine Björn Camila Carla Chloé Daniel Elif Emil Eva Felix Giulia Hana Hugo Ines
    Jakub Jan Jelena João Jonas Kenji Lara Lena Leon Léa Lukas Luca Mai Maria Mateo Max Mila Noor Oskar Pablo Priya
    Rafael Sara Sofia Thabo Tomás Yuki Zeynep Zofia`.split(/\s+/),
  family: `Almeida Andersson Bauer Becker Bernard Botha Costa Dubois Fernández Fischer Garcia Hansen Horváth Jansen
    Johansson Kaya Keller Kowalski Lefèvre López Meyer Moreau Müller Nakamura Ndlovu Novák Okafor Oliveira Peeters
    Rossi Sato Schmidt Schneider Silva Tanaka Torres Visser Wagner Weber Wójcik Yılmaz`.split(/\s+/),
};

/** A name as a part of a login: lower-case letters without marks. */
export const loginPart = (name: string): string =>
  name.normalize('NFD').toLowerCase().replace(/[łı]/g, letter => (letter === 'ł' ? 'l' : 'i')).replace(/[^a-z]/g, '');
