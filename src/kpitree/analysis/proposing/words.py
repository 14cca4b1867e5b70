"""Words in the names of columns, and what they tell. English, and the German of many exports."""

from typing import Final


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


MONEY: Final = _words(
    "amount amounts price prices revenue revenues sales sale turnover total totals subtotal net"
    " gross cost costs expense expenses spend spent fee fees paid payment payments income profit"
    " margin budget"
    " salary wage wages balance mrr gmv eur usd gbp chf"
    " betrag preis umsatz erloes erlös kosten summe brutto netto gebuehr gebühr gehalt gewinn"
    " wert warenwert rechnungsbetrag"
)
TOTALS: Final = _words(
    "amount amounts revenue revenues sales turnover total totals subtotal paid payment payments"
    " income mrr gmv betrag umsatz erloes erlös summe brutto netto"
)
PRICES: Final = _words("price prices preis unitprice einzelpreis stueckpreis")
COSTS: Final = _words(
    "cost costs spend spent fee fees expense expenses kosten gebuehr gebühr refund refunds"
)
UNWANTED: Final = _words(  # of which less is better
    "complaint complaints ticket tickets incident incidents defect defects error errors bug bugs"
    " failure failures fault faults return returns returned refund refunds churn churned"
    " cancellation cancellations delay delays late downtime outage outages accident accidents"
    " injury injuries absence absences leaver leavers waste scrap rework claim claims loss losses"
    " debt overdue duration wait waiting latency lateness cycle age"
    " beschwerde beschwerden reklamation reklamationen fehler störung störungen ausfall ausfälle"
    " ausschuss retoure retouren kündigung kündigungen verspätung verspätungen unfall unfälle"
    " schaden schäden krankheitstage austritt austritte wartezeit dauer"
)
QUANTITIES: Final = _words(
    "quantity quantities qty units pieces items menge anzahl stueck stück stk"
)
IDS: Final = _words(
    "id ids no nr number num key uuid guid code codes sku ean gtin isbn zip zipcode postcode plz"
    " postal phone telephone telefon tel fax mobile iban account konto nummer reference ref"
    " belegnummer ticket invoice"
)
NO_IDS: Final = _words("count of total amount anzahl")
ROWS_BY: Final = (  # what a row may be a part of, by the likeliest first
    "order", "invoice", "receipt", "transaction", "ticket", "basket", "session", "bestell",
    "auftrag", "rechnung", "beleg", "booking", "deal",
)  # fmt: skip
RATES: Final = _words(
    "rate ratio percent percentage pct share score rating margin utilisation utilization"
    " temperature temp age quote anteil prozent probability prob likelihood wahrscheinlichkeit"
    " nps csat satisfaction grade speed"
)
COORDINATES: Final = _words("lat lon lng long latitude longitude breitengrad längengrad")
PERSONS: Final = _words(
    "customer client user employee respondent member person patient student supplier vendor"
    " kunde mitarbeiter lieferant teilnehmer"
)
PARTS: Final = _words(
    "year month day hour minute second week quarter weekday jahr monat tag stunde woche"
)
TIMES: Final = _words(
    "date day datum tag time timestamp datetime at on created ordered closed invoiced booked"
    " month monat zeit"
)
LATER: Final = _words(
    "updated modified due delivery delivered shipped birth birthday dob expiry expires end ende"
    " paid cancelled canceled deleted imported exported loaded"
)
STARTS: Final = _words(
    "start started starts begin begins began from entry joined hire hired opened open since"
    " eintritt beginn von ab seit"
)
ENDS: Final = _words(
    "end ended ends until to exit left leaving closed close churned terminated cancelled canceled"
    " ende bis austritt kündigung"
)
STATES: Final = _words("status stage state phase stufe zustand")
CURRENCIES: Final = _words("currency currencies währung waehrung devise curr ccy")
CLOCKS: Final = _words("time zeit")  # 1830 is half past six, and 930 is before it
REMARKS: Final = _words("comment comments note notes description text remark bemerkung")
