// Every page in every state, as walks that stop and say where they are: `for await (const state of walk(stage)) …`. The
// accessibility tests and the gallery look at the same stops, so a state that one sees the other sees too.
//
// A stop is `{ page, state }`. Every walk begins at the same moment, so what it shows can be kept as an ARIA snapshot.

import { atHome, forgettingTheId, gettingIn, homePastDue, myBills, registering, secondStep } from './states/account.mjs';
import { myBalance, payingFromBalance } from './states/balance.mjs';
import { closingTheAccount } from './states/closing.mjs';
import { crashing, doors, finding, findingInWashington, offline } from './states/finding.mjs';
import {
  accents, beingDeclined, hospitalOnly, nothingOwed, onItsWay, pastDue, payingAgain, payingByBank, payingByCard, payingTooLate, resuming, retypingTheCode, signedOut, withoutCookies,
} from './states/paying.mjs';
import { myHousehold } from './states/household.mjs';
import { myMethods } from './states/methods.mjs';
import { myNotices, myProof, ofProfile } from './states/profile.mjs';

export const WALKS = {
  doors, finding, findingInWashington, offline, payingByCard, payingByBank, beingDeclined, retypingTheCode, signedOut, resuming, withoutCookies, payingAgain, payingTooLate, onItsWay, nothingOwed,
  hospitalOnly, pastDue, accents, registering, gettingIn, forgettingTheId, atHome, secondStep, homePastDue, myBills, myBalance, payingFromBalance, ofProfile, closingTheAccount, myNotices, myProof, myMethods, myHousehold, crashing,
};
