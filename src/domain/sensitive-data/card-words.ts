/** Words of a label that names a card number, in lower case; also beside a number that has no label of its own. */
export const cardWord =
  /^(?:card|cards|ccard|pans|cb|kk|tdc|cardno|cardnumber|cardnum|ccnum|ccno|ccnumber|creditcard|debitcard|credit|debit|cc|ccn|pan|visa|mastercard|mc|amex|discover|diners|jcb|unionpay|cup|maestro|karte|karten\p{L}*|bankkarte\p{L}*|kredit\p{L}*|carte|tarjeta|carta|cart[aã]o|kaart\p{L}*|creditcard\p{L}*|kort|kort(?:nummer|nr)|kreditkort|karta|karty|карта|карты|卡号|信用卡|银行卡|카드)$/u;

/** Networks: a card that bears one of these names pays, whatever else it is called. */
export const schemeWord = /^(?:visa|mastercard|mc|amex|discover|diners|jcb|unionpay|maestro)$/;

/** A card, a payment or what stands on a card, within a sentence. */
export const cardSign =
  /(?<![a-z0-9])(?:cards?(?![a-z])|card[ _-]?(?:no|num|holder)|credit|debit|visa|master ?card|amex|american express|discover|diners|jcb|union ?pay|maestro|pan(?![a-z0-9])|cc(?![a-z0-9])|ccn|ccnum|track ?[12](?![0-9])|cvv|cvc|cid(?![a-z0-9])|exp(?![a-z])|expir|expd|valid (?:thru|until|to)|pay(?![a-z])|paid|payment|charge|kredit|karte|carte|tarjeta|carta|cart[aã]o|kaart|kort(?![a-z])|zahl)|карт|卡|カード|카드/;

/** What stands right behind a card's number: its expiry or security code. */
export const cardDetailBehind =
  /^[\s,;|/()-]{1,4}(?:exp|cvv|cvc|cid(?![a-z])|valid|g(?:ü|ue)ltig|(?:0[1-9]|1[0-2])\s?\/\s?(?:20)?[2-4]\d(?!\d))/i;

/** An expiry and a code, or their names: a whole number before them is a card, whatever it is called. */
export const expiryAndCodeBehind =
  /^[\s,;|/()-]{1,4}(?:exp(?![a-z])|expir|cvv|cvc|(?:0[1-9]|1[0-2])\s?\/\s?(?:20)?[2-4]\d[\s,;|/]{1,3}\d{3,4}(?!\d))/i;

/** Words before `card` by which it pays nothing. */
export const otherCard =
  /^(?:loyalty|library|membership|member|sim|gift|rewards|id|identity|phone|bonus|kunden|club|health|healthcare|insurance|medicare|medical|student|memory|graphics|video|sd|oyster|residence)$/;
/** Cards of that sort in one word, or by the word behind. */
export const otherCardWord =
  /^(?:\p{L}*(?:gesundheits|versicherten|krankenversicherungs|speicher|grafik|visiten|fahr|eintritts|bibliotheks|mitglieds|sim)karten?|kundenkarte|vitale|fidélité|fidelidad|fedeltà|sanitaria|grise)$/u;

/** Of accounts, whose they are that are no card's. */
export const otherAccount =
  /^(?:bank|checking|savings|giro|iban|aws|user|customer|client|member|deposit|google|github)$/;

/** A word before `number` or `code` that does not say what is numbered. */
export const unspecificWord =
  /^(?:s|account|acct|pay|paid|payment|payments|payer|billing|charge|charged|zahlung|pago|paiement|wrong|correct|invalid|valid|bad|same|other|another|second|first|third|last|next|that|these|given|using|use|used|uses|with|by|to|from|for|on|in|and|or|has|have|had|whose|what|which|enter|entered|enters|type|typed|provide|provided|submit|submitted|send|sent|gave|give|got|get|receive|received|read|long|short|digit|digits|main|current|previous|real|fake|dummy|test|testing|sample|example|demo|masked|unmasked|complete|token|holder|owner|checkout|raw|plain|it|me|you|him|please|need|want|here|there|still|also|only|just|but|if|any|some|each|every|one|big|little|secret|sensitive|private|personal|security|verified|unknown|random|mit|und|le|mon|mi)$/u;

/** `Card number for the booking`: what the card is for does not name the number. */
export const purposeWord = /^(?:for|für|pour|para|per|voor)$/u;
export const cardPart =
  /^(?:details?|information|info|used|use|to|charge|on|file|daten|details|détails|datos|you|i|we|have|had|gave|credit|bancaire|bancaria|crédito|crédit|credito)$/u;
export const payingWord = /^(?:by|with|via|using|on|paid|pay|mit|per|par|avec|con|com|met|bezahlt|payée?)$/u;

/** Words of a label that names something else. */
export const otherNumberWord =
  /^(?:order|orders|transaction|transactions|txn|trx|conf|uid|gid|oid|identifier|\p{L}*(?:txn?|order|user|customer|client|session|device|trace|request|message|event)id|invoice|invoices|inv|track|tracking|trackingnumber|shipment|shipping|parcel|package|waybill|awb|consignment|courier|fedex|ups|usps|dhl|reference|ref|refs|confirmation|booking|reservation|ticket|tickets|case|claim|policy|docket|proposal|quote|phone|phones|telephone|tel|tlf|mobile|cell|cellphone|fax|hotline|whatsapp|sms|imei|imeisv|meid|iccid|eid|sim|imsi|msisdn|serial|sn|sku|upc|ean|gtin|gln|sscc|itf|isbn|issn|asin|ndc|udi|pzn|barcode|barcodes|batch|lot|article|product|asset|timestamp|timestamps|ts|epoch|datetime|millis|nanos|micros|hash|checksum|digest|fingerprint|sha|md|crc|uuid|guid|trace|span|correlation|routing|aba|sort|bsb|iban|bban|swift|bic|clabe|siret|siren|cnpj|gstin|membership|loyalty|rewards|library|gift|voucher|coupon|license|licence|passport|patient|mrn|npi|mpan|mprn|vin|rrn|stan|nin|aadhaar|dni|pnr|pin|pins|pid|nonce|version|build|revision|commit|offset|latitude|longitude|lat|lng|lon|tweet|snowflake|guild|fbid|inode|cookie|heap|etkt|otp|mtcn|duns|eori|specimen|pallet|pixel|firmware|savings|node|seed|salt|us|ns|hwid|abn|cycles|iterations|ticks|elapsed|latency|uptime|gas|wei|key|keys|folio|terminal|mid|tid|prescription|chassis|container|loan|mortgage|cheque|subscriber|merchant|supplier|vendor|receipt|auth|authorization|authorisation|approval|po|rma|meter|payee|application|konto|kto|aktenzeichen|vorgang\p{L}*|\p{L}*referenz\p{L}*|\p{L}*ausweis\p{L}*|beleg\p{L}*|lieferschein\p{L}*|paket\p{L}*|gutschein\p{L}*|versicherung\p{L}*|versicherten\p{L}*|mitglied\p{L}*|zähl\p{L}*|beställning\p{L}*|трек\p{L}*|buchung\p{L}*|bestell\p{L}*|auftrag\p{L}*|rechnung\p{L}*|sendung\p{L}*|kunden\p{L}*|serien\p{L}*|artikel\p{L}*|vertrag\p{L}*|telefon\p{L}*|handy\p{L}*|commande|facture|suivi|dossier|contrat|compte|référence|réf|colis|devis|matricule|adhérent|téléphone|pedido|factura|seguimiento|cuenta|referencia|guía|albarán|póliza|expediente|contrato|teléfono|codice|pratica|riferimento|contratto|ordine|fattura|spedizione|telefono|encomenda|fatura|telefone|zamówieni\p{L}*|faktur\p{L}*|заказ\p{L}*|телефон\p{L}*|счет\p{L}*|订单\p{L}*|注文\p{L}*|電話\p{L}*)$/u;

/** Words that speak of other numbers where they are a label (`page: …`, `event id`), and of nothing in a sentence. */
export const otherWhereLabel =
  /^(?:time|times|date|dates|call|page|line|row|item|items|part|parts|model|event|updated|created|modified|expires|started|start|end|now|clock|delivery|contract|request|status|session|device|size|bytes|length|index|count|counter|total|sum|amount|balance|price|sequence|seq|views|population|duration|memory|block|height|purchase|location|port|record|locator|reading|flyer|steps|file|job|channel|server|thread|process|post|video|photo|customer|client|member|employee|user|student|check|permit|flight|seat|registration|cliente|kunde|klant)$/u;

/** `Kundennummer`, `factuurnr`: what a number of another sort is called in one word. */
export const numberCompound = /^\p{L}{3,}(?:nummern?|nr|number)$/u;
export const cardCompound =
  /^\p{L}*(?:karten?|kart|card|kaart|kort|kredit|account|acct|pan)s?(?:nummern?|nr|number)$/u;
/** The same where words are not parted by blanks. */
export const cjkNumber = /(?:番号|番號|号码|號碼|编号|編號|单号|單號|번호)(?:は|が|:)?[\s\u200b:"'」]*$/u;
export const cjkCard = /カード|卡|카드/u;
export const otherCjkCard = /(?:会員|ポイント|診察|学生|図書)カード|会员卡/u;

/** Words for other numbers within a sentence, where they stand close before a number without a label. */
export const otherNumberSign =
  /(?<![a-z])(?:order|invoice|tracking|shipment|parcel|waybill|reference|ref(?![a-z])|confirmation|booking|phone|tel(?![a-z])|fax|imei|iccid|serial|sku|upc|ean|isbn|barcode|timestamp|epoch|hash|checksum|uuid|guid|bestell|rechnung|sendung|commande|facture|pedido|factura|fedex|usps|dhl)/;

/** What a quantity is counted in, right behind a number. */
export const unitBehind =
  /^\s?(?:±|(?:bytes?|[kmgt]i?b|ns|ms|µs|us|s|sec|secs|seconds|millis(?:econds)?|nanos(?:econds)?|micros(?:econds)?|km|m|kg|hz|rows|records|items|times|views|followers|likes|hits|requests|users|people|units|steps|points|tokens)(?![a-z]))/i;
