"""What the filled copies say. Invented people: their personal numbers are official test numbers (Skatteverket, CC0),
their phone numbers from the range that PTS keeps for fiction. Amounts add up.

A value is what is written on the paper; `truth` says what it means.
"""
PEOPLE = [
    {"copy": "1-typed", "personnummer": "198803212383", "telefon": "0701740612", "efternamn": "Åkerström",
     "fornamn": "Anna Linnéa", "gatuadress": "Björkvägen 14 B", "postnummer": "12304", "postort": "Exempelstad",
     "epost": "anna.akerstrom@example.se", "kontakt": ["telefon", "epost"], "civilstand": "ogift",
     "medsokande": "nej", "boendeform": "hyresratt", "hyra": "7450", "antal-vuxna": "1", "antal-barn": "2",
     "inflyttad": "20190601", "sysselsattning": ["arbetssokande"],
     "inkomst-ersattning": "6200", "inkomst-bidrag": "4150", "inkomst-summa": "10350", "utgift-el": "640",
     "utgift-forsakring": "145", "utgift-resor": "970", "utgift-summa": "1755",
     "barn": [["Elsa Åkerström", "2015-04-17", "Björkskolan"], ["Ture Åkerström", "2020-09-02", "Tallens förskola"]],
     "period-fran": "20261201", "period-till": "20261231", "sokt-belopp": "5300",
     "skal": ["Jag blev uppsagd i september när företaget lade ner.", "A-kassan räcker inte till hyran i december.",
              "Jag söker nytt arbete och går på intervju i nästa vecka."],
     "samtycke": True, "forsakran": True, "datum": "2026-11-16", "underskrift": True},
    {"copy": "2-typed", "personnummer": "194001042383", "telefon": "0701740633", "efternamn": "Öberg",
     "fornamn": "Görel", "gatuadress": "Storgatan 3", "postnummer": "12301", "postort": "Exempelstad",
     "epost": "gorel.oberg@example.com", "kontakt": ["brev"], "civilstand": "anka-ankling",
     "medsokande": "nej", "boendeform": "bostadsratt", "hyra": "5210", "antal-vuxna": "1",
     "inflyttad": "19980815", "sysselsattning": ["pension"],
     "inkomst-ersattning": "11840", "inkomst-bidrag": "1300", "inkomst-summa": "13140", "utgift-el": "410",
     "utgift-forsakring": "118", "utgift-summa": "528",
     "period-fran": "20261101", "period-till": "20261130", "sokt-belopp": "8900",
     "skal": ["Tandläkaren säger att jag behöver en ny protes.", "Kostnaden är 8 900 kr och jag har inga sparpengar."],
     "samtycke": True, "forsakran": True, "datum": "2026-11-09", "underskrift": True},
    {"copy": "3-typed", "personnummer": "199407112383", "telefon": "0701740675", "efternamn": "Lindqvist",
     "fornamn": "Märta", "gatuadress": "Södra Kyrkogatan 27", "postnummer": "12317", "postort": "Norrexempel",
     "epost": "marta.lindqvist@example.org", "kontakt": ["telefon", "epost", "brev"], "civilstand": "sambo",
     "medsokande": "ja", "medsokande-personnummer": "199306232399", "medsokande-namn": "Oskar Håkansson",
     "boendeform": "inneboende", "hyra": "4000", "antal-vuxna": "2", "antal-barn": "1", "inflyttad": "20250103",
     "sysselsattning": ["studier", "foraldraledig"], "inkomst-lon": "3870", "inkomst-ersattning": "7425",
     "inkomst-bidrag": "1250", "inkomst-summa": "12545", "utgift-el": "285", "utgift-forsakring": "99",
     "utgift-resor": "1060", "utgift-summa": "1444", "barn": [["Ebba Håkansson", "2026-02-28", ""]],
     "period-fran": "20261115", "period-till": "20270115", "sokt-belopp": "12700",
     "skal": ["Vi väntar på beslut om föräldrapenning. Handläggningen", "tar åtta veckor och vi har räkningar att "
              "betala nu."],
     "samtycke": True, "forsakran": True, "datum": "2026-11-12", "underskrift": True},
    {"copy": "4-hand", "personnummer": "197602212396", "telefon": "0701740608", "efternamn": "Sjöström",
     "fornamn": "Pär", "gatuadress": "Ängsgatan 8", "postnummer": "12308", "postort": "Exempelstad",
     "kontakt": ["telefon"], "civilstand": "skild", "medsokande": "nej", "boendeform": "hyresratt", "hyra": "6135",
     "antal-vuxna": "1", "antal-barn": "1", "inflyttad": "20220401", "sysselsattning": ["sjukskriven"],
     "inkomst-ersattning": "9780", "inkomst-summa": "9780", "utgift-el": "520", "utgift-forsakring": "160",
     "utgift-summa": "680", "barn": [["Vilma Sjöström", "2013-12-05", "Ängsskolan"]],
     "period-fran": "20261201", "period-till": "20270228", "sokt-belopp": "3400",
     "skal": ["Jag är sjukskriven för ryggen sedan i maj.", "Glasögon till min dotter kostar 3 400 kr."],
     "samtycke": True, "forsakran": True, "datum": "2026-11-18", "underskrift": True},
    {"copy": "5-hand", "personnummer": "198212132388", "telefon": "0701740650", "efternamn": "Wikström",
     "fornamn": "Åsa", "gatuadress": "Hamngatan 41", "postnummer": "12311", "postort": "Exempelstad",
     "epost": "asa.w@example.se", "kontakt": ["epost"], "civilstand": "gift", "medsokande": "ja",
     "medsokande-personnummer": "198005042398", "medsokande-namn": "Jörgen Wikström", "boendeform": "eget-hus",
     "hyra": "8925", "antal-vuxna": "2", "antal-barn": "2", "inflyttad": "20141120",
     "sysselsattning": ["arbete", "annat"], "sysselsattning-annat": "Vårdar min mor", "inkomst-lon": "14360",
     "inkomst-bidrag": "2650", "inkomst-summa": "17010", "utgift-el": "1890", "utgift-forsakring": "310",
     "utgift-resor": "780", "utgift-summa": "2980",
     "barn": [["Nils Wikström", "2011-06-21", "Hamnskolan"], ["Tyra Wikström", "2016-01-30", "Hamnskolan"]],
     "period-fran": "20261101", "period-till": "20261130", "sokt-belopp": "4250",
     "skal": ["Värmepannan gick sönder i oktober.", "Vi kan inte betala både lagning och mat."],
     "forsakran": True, "datum": "2026-11-03", "underskrift": True},
    {"copy": "6-hand", "personnummer": "200010222388", "telefon": "0701740699", "efternamn": "Nyström",
     "fornamn": "Ronja Maja", "gatuadress": "Kvarnbacken 2", "postnummer": "12322", "postort": "Söderexempel",
     "kontakt": ["telefon", "brev"], "civilstand": "ogift", "medsokande": "nej", "boendeform": "utan-bostad",
     "antal-vuxna": "1", "sysselsattning": ["studier"], "inkomst-lon": "2115", "inkomst-summa": "2115",
     "utgift-resor": "590", "utgift-summa": "590", "period-fran": "20261120", "period-till": "20261220",
     "sokt-belopp": "6500", "skal": ["Jag bor hos vänner och letar efter ett rum.", "Pengarna är till första hyran."],
     "samtycke": True, "forsakran": True, "datum": "2026-11-20", "underskrift": True},
]


def meant(field, written):
    """The normal form of what was written, as the program shall give it."""
    if written is None:
        return None
    if field["kind"] in ("choice", "checkbox", "signature"):
        return written
    if field["kind"] == "table":
        columns = field["columns"]
        return [{column["name"]: cell for column, cell in zip(columns, row) if cell} for row in written]
    if isinstance(written, list):
        return "\n".join(written)
    kind = field.get("type", "text")
    if kind == "phone":
        return "+46" + written[1:]
    if kind == "postnummer":
        return f"{written[:3]} {written[3:]}"
    if kind == "date" and len(written) == 8:
        return f"{written[:4]}-{written[4:6]}-{written[6:]}"
    return written
