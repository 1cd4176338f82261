import { render } from 'preact';
import { Shell } from './page/shell';
import './styles/page.css';
import './styles/list.css';
import './styles/watch.css';
import './styles/health.css';
import './styles/topics.css';
import './styles/recordings.css';

const root = document.getElementById('app');
if (root) {
  render(<Shell />, root);
}
