// SPDX-License-Identifier: Apache-2.0
// The sound that calls a person to the bench. Browsers play nothing before the page was touched.
import { readSetting, writeSetting } from './settings';

const NOTES_HZ = [880, 1175, 880];
const NOTE_S = 0.16;
const LOUDNESS = 0.25;

class Sound {
  on = $state(readSetting('sound') !== 'off');
  #context: AudioContext | undefined;
  #running = $state(false);

  constructor() {
    const unlock = () => {
      const context = (this.#context ??= new AudioContext());
      context.onstatechange = () => (this.#running = context.state === 'running');
      void context.resume();
    };
    window.addEventListener('pointerdown', unlock);
    window.addEventListener('keydown', unlock);
  }

  // It would ring, and nobody hears it.
  get muted(): boolean {
    return this.on && !this.#running;
  }

  choose(on: boolean): void {
    this.on = on;
    writeSetting('sound', on ? 'on' : 'off');
  }

  ring(): void {
    const context = this.#context;
    if (!this.on || !this.#running || context === undefined) return;
    NOTES_HZ.forEach((frequency, index) => {
      const begin = context.currentTime + index * NOTE_S;
      const tone = new OscillatorNode(context, { frequency, type: 'triangle' });
      const gain = new GainNode(context, { gain: 0 });
      gain.gain.setValueAtTime(LOUDNESS, begin);
      gain.gain.exponentialRampToValueAtTime(0.001, begin + NOTE_S);
      tone.connect(gain).connect(context.destination);
      tone.start(begin);
      tone.stop(begin + NOTE_S);
    });
  }
}

export const sound = new Sound();
