// SPDX-License-Identifier: Apache-2.0
// Every word that the page says itself, in English. What the bench says comes in its own words.
// Sections follow the screens; what several screens say stands first.

import { Drive_State } from '$gen/firmbench/v1/drive_service_pb';
import { DriveState } from '$gen/firmbench/v1/errors_pb';
import { Job_Result, Job_State } from '$gen/firmbench/v1/job_pb';
import { EepromCheck, Memory, Outcome } from '$gen/firmbench/v1/memory_pb';

const count = (n: number, one: string, many: string) => `${n} ${n === 1 ? one : many}`;

export const en = {
  units: {
    bytes: (n: number) => count(n, 'byte', 'bytes'),
    perSecond: (size: string) => `${size}/s`,
    moments: 'moments',
    aboutSeconds: (n: number) => `about ${n} s`,
    aboutMinutes: (n: number) => `about ${n} min`,
  },

  memory: {
    [Memory.UNSPECIFIED]: 'all memories',
    [Memory.FIRMWARE]: 'firmware',
    [Memory.BOOT]: 'boot block',
    [Memory.EEPROM]: 'EEPROM',
  },
  outcome: {
    [Outcome.UNSPECIFIED]: '',
    [Outcome.NOT_STARTED]: 'not begun',
    [Outcome.UNCHANGED]: 'nothing was written',
    [Outcome.CHANGED_VERIFIED]: 'changed, read back and equal to the plan',
    [Outcome.CHANGED_UNVERIFIED]: 'changed, but could not be checked',
    [Outcome.NO_EFFECT]: 'the write had no effect',
    [Outcome.UNKNOWN]: 'nobody can say what the memory holds',
  },
  eepromCheck: {
    [EepromCheck.UNSPECIFIED]: '',
    [EepromCheck.EQUAL]: 'every byte is the same as before',
    [EepromCheck.VOLATILE_ONLY]: 'only bytes that change with use differ',
    [EepromCheck.CHANGED]: 'bytes differ that should not: the drive is in quarantine',
    [EepromCheck.NOT_READ]: 'it could not be read, so nothing is claimed',
  },
  driveMemories: {
    [DriveState.UNSPECIFIED]: '',
    [DriveState.UNTOUCHED]: 'untouched: no memory of the drive was changed',
    [DriveState.PARTLY_WRITTEN]:
      'partly written: leave the drive powered, and bring it back before anything else',
    [DriveState.UNKNOWN]: 'unknown: nobody can say whether something was written',
  },
  jobState: {
    [Job_State.UNSPECIFIED]: 'planned',
    [Job_State.QUEUED]: 'waits for its drive',
    [Job_State.AWAITING_APPROVAL]: 'waits for a second person',
    [Job_State.PREFLIGHT]: 'checks the drive',
    [Job_State.DUMPING]: 'reads the memories',
    [Job_State.DUMP_COMMITTED]: 'the backup is safe',
    [Job_State.ENTERING]: 'enters the update mode',
    [Job_State.ARMED]: 'ready to write',
    [Job_State.WRITING]: 'writes',
    [Job_State.RESETTING]: 'resets the drive',
    [Job_State.READBACK]: 'reads back and compares',
    [Job_State.CLOSED]: 'done',
  },
  jobResult: {
    [Job_Result.UNSPECIFIED]: '',
    [Job_Result.SUCCEEDED]: 'succeeded',
    [Job_Result.FAILED]: 'failed',
    [Job_Result.CANCELLED]: 'cancelled',
    [Job_Result.REFUSED]: 'refused',
  },
  jobKind: {
    backup: 'backup',
    flash: 'firmware flash',
    restore: 'firmware restore',
    verify: 'verification',
    eeprom_restore: 'EEPROM restore',
    recover: 'recovery',
    convert: 'conversion',
    probe: 'probe',
    chip_identify: 'chip identification',
    chip_read: 'chip reading',
    chip_verify: 'chip verification',
    chip_write: 'chip programming',
    chip_erase: 'chip erasure',
  },

  common: {
    whatToDo: 'What to do',
    reason: 'Reason',
    drive: 'Drive',
    loading: 'Loading …',
    again: 'Try again',
    close: 'Close',
    cancel: 'Cancel',
    yes: 'yes',
    no: 'no',
    copy: 'Copy',
    copied: 'Copied',
    none: 'none',
    simulated: 'simulated',
    simulatedLong: 'No hardware is behind it.',
    notFoundTitle: 'There is nothing here',
    notFound: 'This address leads to no screen of the bench.',
    toBench: 'To the bench',
    explain: 'What is that?',
    more: 'Show more',
    print: 'Print',
  },

  errors: {
    unreachable: 'the bench does not answer',
    unreachableRemedy: 'check that the bench PC is on and firmbenchd runs; this page goes on by itself',
    tooSlow: 'the bench did not answer in time',
    tooSlowRemedy: 'try again; if it stays so, look at the log of firmbenchd',
    notOffered: 'this bench does not offer that',
    notOfferedRemedy: 'the daemon may be older than this page: reload it',
  },

  shell: {
    product: 'firmbench',
    skip: 'Skip to the content',
    main: 'Screens',
    bench: 'Bench',
    work: 'Do a job',
    jobs: 'Jobs',
    units: 'Units',
    dumps: 'Dumps',
    images: 'Images',
    audit: 'Audit',
    people: 'People',
    help: 'Help',
    menu: 'Who, and how it looks',
    signedIn: (name: string, role: string) => `${name}, ${role}`,
    signOut: 'Sign out',
    theme: 'Colours',
    themes: { auto: 'as the device', light: 'light', dark: 'dark' },
    titleWaiting: '● A person is needed',
    sound: 'Sound when a person is needed',
    lost: (when: string) => `The bench was not reached since ${when}. Shown is what was last known.`,
    connecting: 'The bench is being asked …',
    version: (version: string) => `firmbench ${version}`,
  },

  search: {
    label: 'Search',
    placeholder: 'Search or scan:  /',
    title: (text: string) => `Search: ${text}`,
    tooShort: 'Three characters at least, please.',
    nothing: (text: string) => `Nothing holds “${text}”.`,
    drives: 'Attached now',
    found: 'In the ledger',
    truncated: 'There may be more: search for more of it.',
  },

  login: {
    title: 'Who is there?',
    lead: 'Make a link on the bench PC, or on a computer that was let in, and open it here:',
    command: 'firmbench web login',
    or: 'Or paste the link, or a personal token:',
    field: 'Login link or token',
    go: 'Sign in',
    refused: 'the bench did not take that',
    working: 'Signing in …',
    ended: 'The session is over. Nothing was lost: jobs go on by themselves.',
  },

  help: {
    title: 'Help',
    all: 'All topics',
  },

  driveState: {
    [Drive_State.UNSPECIFIED]: 'not known',
    [Drive_State.IDENTIFYING]: 'being identified',
    [Drive_State.READY]: 'ready',
    [Drive_State.BUSY]: 'busy',
    [Drive_State.NOT_ANSWERING]: 'does not answer',
    [Drive_State.GONE]: 'unplugged',
    [Drive_State.QUARANTINED]: 'in quarantine',
  },

  operation: { read: 'read', flash: 'flash', restore: 'restore' },

  wall: {
    title: 'Bench',
    summary: (drives: number, jobs: number) =>
      `${count(drives, 'drive', 'drives')}, ${jobs === 0 ? 'no job' : count(jobs, 'job', 'jobs')} under way`,
    noDrives: 'No drive is attached.',
    noBay: 'no place named',
    unknownModel: 'a model that firmbench does not know',
    noUnit: 'No unit yet: its first backup makes it one.',
    serial: (serial: string) => `serial ${serial}`,
    eepromSafe: 'backed up',
    eepromUnsafe: 'no backup yet',
    eepromUnreadable: 'cannot be read here',
    can: 'can ',
    cannot: 'cannot ',
    jobOf: (kind: string, who: string) => `${kind}, asked by ${who}`,
    claimed: (who: string, note: string) => `in use by ${who}${note === '' ? '' : `: ${note}`}`,
    work: 'Do a job',
    choose: 'Choose',
    why: 'Details',
    chosen: (n: number) => `${count(n, 'drive', 'drives')} chosen`,
    workOnChosen: 'Do a job on them',
    chooseNone: 'Choose none',
  },

  prompt: {
    title: 'A person is needed',
    left: 'Time left',
    answers: { done: 'Done', cancel: 'Cancel the job', yes: 'Yes', no: 'No' },
  },

  recovery: {
    strip: (bay: string, unit: string, model: string) =>
      `The write to ${[bay, unit, model].filter((word) => word !== '').join(' · ')} was cut. Leave the drive powered.`,
    go: 'Bring it back',
  },

  approval: {
    strip: (kind: string, model: string, who: string) =>
      `${who} asks a second person to approve: ${kind}${model === '' ? '' : ` of ${model}`}.`,
    look: 'Look at it',
  },

  job: {
    moved: (done: string, total: string) => `${done} of ${total}`,
    left: (time: string) => `${time} left`,
    queued: (place: number) => `waits for its drive, place ${place}`,
  },

  // Pages of their own add their sections here.
  unit: {},
  dumps: {},
  images: {},
  audit: {},
  people: {},
};
