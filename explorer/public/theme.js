// Before anything is painted: light or dark as it was chosen last, else as the system has it.
const theme = localStorage.getItem('strata-theme');
if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
