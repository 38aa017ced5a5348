import './style/base.css';
import './style/parts.css';
import './style/frame.css';
import './style/report.css';
import './style/administration.css';
import './texts';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app/app';

createRoot(document.getElementById('explorer')!).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
