// What the frame says, in the app's languages. Keys of errors are the contract's `Problem` keys.
export const WORDS = {
  en: {
    title_card: 'Card details', title_bank: 'Bank account details', title_code: 'Security code',
    number: 'Card number', number_hint: 'Visa, Mastercard, American Express or Discover',
    expiry: 'Expires', expiry_hint: 'Month and year', code: 'Security code',
    code_hint: (n) => (n === 4 ? '4 digits on the front' : '3 digits on the back'),
    account_kind: 'Kind of account', checking: 'Checking', savings: 'Savings',
    routing: 'Routing number', routing_hint: 'Nine digits, at the bottom left of a check', routing_good: 'This is a valid US routing number',
    account: 'Account number', account_hint: '4 to 17 digits. You can paste it.',
    unavailable: 'Your details could not be sent. Check the connection and try again. This does not charge you.',
    errors: {
      number: {
        missing: 'Card number: type the number on the front of the card', too_short: 'Card number: some digits are missing. Most cards have 16',
        too_long: 'Card number: there are too many digits. Most cards have 16', not_digits: 'Card number: digits only',
        bad_checksum: 'Card number: check the digits, one of them is not right', all_zeros: 'Card number: all zeros is not a card number. Type the number on the card',
        brand_not_accepted: 'Card number: we don’t accept this kind of card',
        not_a_test_number: 'Card number: this sandbox accepts only published test numbers, such as 4242 4242 4242 4242',
        other: 'Card number: type the number on the card',
      },
      expiry: { missing: 'Expires: type the month and year', expired: 'Expires: this card has expired', too_far_ahead: 'Expires: this year is too far ahead', other: 'Expires: use month and year, such as 11/28' },
      code: { missing: 'Security code: type the code on the card', other: (n) => `Security code: use ${n} digits` },
      routing: { missing: 'Routing number: copy the nine digits from a check', too_short: 'Routing number: some digits are missing. It has 9', too_long: 'Routing number: there are too many digits. It has 9', not_digits: 'Routing number: digits only', other: 'Routing number: no bank has this number. Check the digits' },
      account: {
        missing: 'Account number: copy it from a check or statement', too_short: 'Account number: use at least 4 digits', too_long: 'Account number: use at most 17 digits', not_digits: 'Account number: digits only',
        not_a_test_number: 'Account number: this sandbox accepts only published test numbers, such as 000123456789', other: 'Account number: copy it from a check or statement',
      },
    },
  },
  es: {
    title_card: 'Datos de la tarjeta', title_bank: 'Datos de la cuenta bancaria', title_code: 'Código de seguridad',
    number: 'Número de tarjeta', number_hint: 'Visa, Mastercard, American Express o Discover',
    expiry: 'Vence', expiry_hint: 'Mes y año', code: 'Código de seguridad',
    code_hint: (n) => (n === 4 ? '4 dígitos al frente' : '3 dígitos al dorso'),
    account_kind: 'Tipo de cuenta', checking: 'Corriente', savings: 'De ahorros',
    routing: 'Número de ruta', routing_hint: 'Nueve dígitos, abajo a la izquierda en un cheque', routing_good: 'Es un número de ruta válido de EE. UU.',
    account: 'Número de cuenta', account_hint: 'De 4 a 17 dígitos. Puede pegarlo.',
    unavailable: 'No se pudieron enviar sus datos. Revise la conexión e inténtelo otra vez. Esto no le cobra nada.',
    errors: {
      number: {
        missing: 'Número de tarjeta: escriba el número del frente de la tarjeta', too_short: 'Número de tarjeta: faltan dígitos. Casi todas tienen 16',
        too_long: 'Número de tarjeta: sobran dígitos. Casi todas tienen 16', not_digits: 'Número de tarjeta: solo dígitos',
        bad_checksum: 'Número de tarjeta: revise los dígitos, uno no es correcto', all_zeros: 'Número de tarjeta: todo ceros no es un número de tarjeta. Escriba el de su tarjeta',
        brand_not_accepted: 'Número de tarjeta: no aceptamos este tipo de tarjeta',
        not_a_test_number: 'Número de tarjeta: este entorno de prueba solo acepta números de prueba publicados, como 4242 4242 4242 4242',
        other: 'Número de tarjeta: escriba el número de la tarjeta',
      },
      expiry: { missing: 'Vence: escriba el mes y el año', expired: 'Vence: esta tarjeta ya venció', too_far_ahead: 'Vence: ese año está demasiado lejos', other: 'Vence: use mes y año, como 11/28' },
      code: { missing: 'Código de seguridad: escriba el código de la tarjeta', other: (n) => `Código de seguridad: use ${n} dígitos` },
      routing: { missing: 'Número de ruta: copie los nueve dígitos de un cheque', too_short: 'Número de ruta: faltan dígitos. Tiene 9', too_long: 'Número de ruta: sobran dígitos. Tiene 9', not_digits: 'Número de ruta: solo dígitos', other: 'Número de ruta: ningún banco tiene este número. Revise los dígitos' },
      account: {
        missing: 'Número de cuenta: cópielo de un cheque o estado de cuenta', too_short: 'Número de cuenta: use al menos 4 dígitos', too_long: 'Número de cuenta: use como máximo 17 dígitos', not_digits: 'Número de cuenta: solo dígitos',
        not_a_test_number: 'Número de cuenta: este entorno de prueba solo acepta números de prueba publicados, como 000123456789', other: 'Número de cuenta: cópielo de un cheque o estado de cuenta',
      },
    },
  },
};
