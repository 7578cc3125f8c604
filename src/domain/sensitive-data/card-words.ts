/** Words of a label that names a card number, in lower case; also beside a number that has no label of its own. */
export const cardWord =
  /^(?:card|cards|cardno|cardnumber|cardnum|ccnum|ccno|ccnumber|creditcard|debitcard|credit|debit|cc|ccn|pan|visa|mastercard|mc|amex|discover|diners|jcb|unionpay|cup|maestro|karte|karten\p{L}*|kredit\p{L}*|carte|tarjeta|carta|cart[aã]o|kaart\p{L}*|creditcard\p{L}*|kort\p{L}*|kreditkort|karta|karty|карта|карты|卡号|信用卡|银行卡|カード番号|カード|카드)$/u;

/** A card, a payment or what stands on a card, within a sentence. */
export const cardSign =
  /(?<![a-z0-9])(?:cards?(?![a-z])|card[ _-]?(?:no|num|holder)|credit|debit|visa|master ?card|amex|american express|discover|diners|jcb|union ?pay|maestro|pan(?![a-z0-9])|cc(?![a-z0-9])|ccn|ccnum|cvv|cvc|cid(?![a-z0-9])|exp(?![a-z])|expir|expd|valid (?:thru|until|to)|pay(?![a-z])|paid|payment|charge|kredit|karte|carte|tarjeta|carta|cart[aã]o|kaart|kort(?![a-z])|zahl)|карт|卡|カード|카드/;

/** Words of a label that names something else. */
export const otherNumberWord =
  /^(?:order|orders|transaction|transactions|txn|trx|conf|uid|identifier|purchase|invoice|invoices|inv|track|tracking|trackingnumber|shipment|shipping|parcel|package|waybill|awb|consignment|courier|fedex|ups|usps|dhl|reference|ref|refs|confirmation|booking|reservation|ticket|case|claim|policy|phone|phones|telephone|tel|mobile|cell|cellphone|fax|call|whatsapp|sms|imei|meid|iccid|sim|imsi|msisdn|serial|sn|sku|upc|ean|gtin|isbn|issn|asin|barcode|barcodes|batch|lot|part|parts|item|items|article|product|model|asset|time|times|timestamp|timestamps|ts|epoch|date|datetime|created|updated|millis|nanos|micros|hash|checksum|digest|sha|md|crc|uuid|guid|trace|span|request|session|event|correlation|routing|aba|sort|bsb|iban|bban|swift|bic|membership|loyalty|rewards|library|gift|license|licence|passport|patient|npi|vin|build|version|revision|commit|size|bytes|offset|latitude|longitude|lat|lng|lon|sequence|seq|row|line|page|tweet|status|snowflake|node|contract|po|rma|delivery|meter|device|bestell\p{L}*|auftrag\p{L}*|rechnung\p{L}*|sendung\p{L}*|kunden\p{L}*|serien\p{L}*|artikel\p{L}*|vertrag\p{L}*|telefon\p{L}*|handy\p{L}*|commande|facture|suivi|téléphone|pedido|factura|seguimiento|teléfono|ordine|fattura|spedizione|telefono|encomenda|fatura|telefone|zamówieni\p{L}*|faktur\p{L}*|заказ\p{L}*|телефон\p{L}*|счет\p{L}*|订单\p{L}*|注文\p{L}*|電話\p{L}*)$/u;

/** The same within a sentence, where they stand close before a number without a label. */
export const otherNumberSign =
  /(?<![a-z])(?:order|invoice|tracking|shipment|parcel|waybill|reference|ref(?![a-z])|confirmation|booking|phone|tel(?![a-z])|fax|imei|iccid|serial|sku|upc|ean|isbn|barcode|timestamp|epoch|hash|checksum|uuid|guid|bestell|rechnung|sendung|commande|facture|pedido|factura|fedex|usps|dhl)/;

/** What a quantity is counted in, right behind a number. */
export const unitBehind =
  /^\s?(?:bytes?|[kmgt]i?b|ns|ms|µs|us|s|sec|secs|seconds|millis(?:econds)?|nanos(?:econds)?|micros(?:econds)?|eur|usd|gbp|chf|jpy|dollars|euros|km|m|kg|hz|rows|records|items|times)(?![a-z])/i;
