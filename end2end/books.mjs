// What both databases hold, held against what a test says happened. Amounts are integer cents.
import assert from 'node:assert/strict';

/** Both databases as they are now; what comes after is held against it. */
export function books(house) {
  return { payments: new Set(payments(house).map(({ id }) => id)), charges: new Set(charges(house).map(({ id }) => id)) };
}

export const payments = (house) => house.billing('SELECT * FROM payments');
export const charges = (house) => house.processing('SELECT * FROM charges');

export const newPayments = (house, before) => payments(house).filter(({ id }) => !before.payments.has(id));
export const newCharges = (house, before) => charges(house).filter(({ id }) => !before.charges.has(id));
