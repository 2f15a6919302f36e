// SPDX-License-Identifier: Apache-2.0
import './styles/tokens.css';
import './styles/base.css';
import './styles/controls.css';
import './styles/print.css';
import { mount } from 'svelte';
import App from './App.svelte';
import { theme } from './state/theme.svelte';

theme.apply();
const target = document.getElementById('page');
if (target !== null) mount(App, { target });
