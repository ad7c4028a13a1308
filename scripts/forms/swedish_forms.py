"""Which printed field of which Swedish form is what: the forms' own PDF fields, with names and meanings of ours.

The PDFs are the authorities' and not part of the project: they lie in ../shared/data/forms-swedish. A widget is named by
the end of its name in NAME.fields.json; where the same stands on several pages, "2:" says which page.
"""
import re


def text(name, label, widgets, **rest):
    return {"name": name, "label": label, "widgets": [widgets] if isinstance(widgets, str) else widgets, "kind": "text",
            **rest}


def comb(name, label, widgets, **rest):
    return {**text(name, label, widgets, **rest), "kind": "comb"}


def checkbox(name, label, widget):
    return {"name": name, "label": label, "widgets": [widget], "kind": "checkbox"}


def signature(name, label, widget, **rest):
    return {"name": name, "label": label, "widgets": [widget], "kind": "signature", **rest}


def choice(name, label, *options, select="one"):
    """Options are value, label, widget."""
    return {"name": name, "label": label, "kind": "choice", "select": select, "options": options}


def yes_no(name, label, yes, no):
    return choice(name, label, ("ja", "Ja", yes), ("nej", "Nej", no))


FK_7263 = [
    text("patientens-namn", "Patientens namn", "flt_PatNamn[0]", type="person-name", target="/patient/name"),
    text("personnummer", "Personnummer", "flt_PatPersonnummer[0]", type="personnummer", target="/patient/legalId"),
    checkbox("smitta", "Avstängning enligt smittskyddslagen på grund av smitta", "ksr_AvstangningEnlSMiL_flt1[0]"),
    text("diagnos", "Diagnos/diagnoser", "flt_DiagnosDiagnoser_flt2[0]"),
    text("diagnoskod", "Diagnoskod enligt ICD-10", "flt_Diagnoskod_flt2[0]"),
    text("sjukdomsforlopp", "Aktuellt sjukdomsförlopp", "flt_AktuelltSjukdomsForlopp_flt3[0]"),
    text("funktionsnedsattning", "Funktionsnedsättning", "flt_Funktionsnedsattning_flt4[0]"),
    choice("baseras-pa", "Intyget baseras på",
           ("undersokning", "Min undersökning av patienten", "ksr_MinUndersokningAvPat_flt4[0]"),
           ("telefonkontakt", "Min telefonkontakt med patienten", "ksr_MinTelefonKontaktMedPat_flt4[0]"),
           ("journaluppgifter", "Journaluppgifter", "ksr_Journaluppgifter_flt4[0]"),
           ("annat", "Annat", "ksr_AnnatAngeVadiFalt13_flt4[0]"), select="any"),
    text("datum-undersokning", "Datum för undersökning", "flt_DatumMinUndersokningAvPat_flt4[0]", type="date"),
    text("datum-telefonkontakt", "Datum för telefonkontakt", "flt_DatumMinTelefonKontaktMedPat_flt4[0]", type="date"),
    text("datum-journaluppgifter", "Datum för journaluppgifter", "flt_DatumJournaluppgifter_flt4[0]", type="date"),
    text("datum-annat", "Datum för annat", "flt_DatumAnnatAngeVadiFalt13_flt4[0]", type="date"),
    text("aktivitetsbegransning", "Aktivitetsbegränsning", "flt_Aktivitetsbegransning_flt5[0]"),
    choice("rekommendationer", "Rekommendationer",
           ("arbetsformedlingen", "Kontakt med Arbetsförmedlingen", "ksr_KontaktMedArbetsformedlingen_flt6a[0]"),
           ("foretagshalsovarden", "Kontakt med företagshälsovården", "ksr_KontaktMedForetagsHalsovarden_flt6a[0]"),
           ("ovrigt", "Övrigt", "ksr_OvrigtAngeVad_flt6a[0]"), select="any"),
    text("rekommendation-ovrigt", "Övrig rekommendation", "flt_OvrigtAngeVad_flt6a[0]"),
    choice("behandling", "Planerad eller pågående behandling",
           ("sjukvarden", "Inom sjukvården", "ksr_InomSjukvardenAngeVilken_flt6b[0]"),
           ("annan", "Annan åtgärd", "ksr_AnnanAtgardAngeVilken_flt6b[0]"), select="any"),
    text("behandling-sjukvarden", "Behandling inom sjukvården", "flt_InomSjukvardenAngeVilken_flt6b[0]"),
    text("behandling-annan", "Annan åtgärd", "flt_AnnanAtgardAngeVilken_flt6b[0]"),
    text("personnummer-sida-2", "Personnummer, sida 2", "flt_PatPersonnummer[1]", type="personnummer",
         target="/patient/legalIdPage2"),
    choice("rehabilitering", "Är arbetslivsinriktad rehabilitering aktuell?",
           ("ja", "Ja", "ksr_Ja_flt7[0]"), ("nej", "Nej", "ksr_Nej_flt7[0]"),
           ("gar-inte-att-bedoma", "Går inte att bedöma", "ksr_GarInteAttBedoma_flt7[0]")),
    choice("arbetsformaga-till", "Patientens arbetsförmåga bedöms i förhållande till",
           ("nuvarande-arbete", "Nuvarande arbete", "ksr_NuvarandeArbete_flt8a[0]"),
           ("arbetsloshet", "Arbetslöshet", "ksr_Arbetsloshet_flt8a[0]"),
           ("foraldraledighet", "Föräldraledighet", "ksr_ForaldraledigMedForaldrapenning_flt8a[0]"), select="any"),
    text("nuvarande-arbete", "Aktuella arbetsuppgifter", "flt_NuvarandeArbete_flt8a[0]", lines=2),
    choice("nedsatt", "Patientens arbetsförmåga är nedsatt",
           ("en-fjardedel", "Nedsatt med 1/4", "ksr_NedsattMed14_flt8b[0]"),
           ("halften", "Nedsatt med hälften", "ksr_NedsattMedHalften_flt8b[0]"),
           ("tre-fjardedelar", "Nedsatt med 3/4", "ksr_NedsattMed34_flt8b[0]"),
           ("helt", "Helt nedsatt", "ksr_HeltNedsatt_flt8b[0]"), select="any"),
    *[text(f"{name}-{end}", f"{label} {words}", f"flt_{widget}{suffix}_flt8b[0]", type="date")
      for name, label, widget in [("en-fjardedel", "Nedsatt med 1/4", "NedsattMed14"),
                                  ("halften", "Nedsatt med hälften", "NedsattMedHalften"),
                                  ("tre-fjardedelar", "Nedsatt med 3/4", "NedsattMed34"),
                                  ("helt", "Helt nedsatt", "HeltNedsatt")]
      for end, words, suffix in [("fran", "från och med", "From"), ("till", "till och med", "Tom")]],
    text("arbetsformaga", "Varför arbetsförmågan är nedsatt längre", "flt_PatArbetsformaga_flt9[0]"),
    choice("prognos", "Prognos", ("ja", "Ja", "ksr_Ja_flt10[0]"), ("ja-delvis", "Ja, delvis", "ksr_JaDelvis_flt10[0]"),
           ("nej", "Nej", "ksr_Nej_flt10[0]"),
           ("gar-inte-att-bedoma", "Går inte att bedöma", "ksr_GarInteAttBedoma_flt10[0]")),
    yes_no("resor", "Kan annat färdsätt göra det möjligt att återgå i arbete?", "ksr_Ja_flt11[0]", "ksr_Nej_flt11[0]"),
    checkbox("kontakt", "Kontakt önskas med Försäkringskassan", "ksr_Ja_flt12[0]"),
    text("ovriga-upplysningar", "Övriga upplysningar och förtydliganden", "flt_OvrigaUpplysningar_flt13[0]"),
    text("datum", "Datum", "flt_Datum_flt14[0]", type="date"),
    text("lakare", "Namnförtydligande, mottagningens adress och telefon",
         "flt_NamnfortydligandeMottagningsadrTel_flt15[0]"),
    text("koder", "Förskrivarkod och arbetsplatskod", "flt_ForskrivarkodOchArbetsplatskod_flt17[0]"),
]

SOS_DODSORSAKSINTYG = [
    checkbox("ersatter", "Ersätter tidigare utfärdat intyg", "Ersätter tidigare"),
    text("personnummer", "Personnummer/samordningsnummer", "1:Personnummer", type="personnummer",
         target="/deceased/legalId"),
    text("fodelsedatum", "Födelsedatum om personnummer saknas", "1:Födelsedatum", type="date"),
    choice("kon", "Kön om personnummer saknas", ("kvinna", "Kvinna", "Kvinna"), ("man", "Man", "Man"),
           ("gar-ej-att-avgora", "Går ej att avgöra", "Går ej att avgöra")),
    text("efternamn", "Efternamn", "1:Efternamn", type="person-name", target="/deceased/familyName"),
    text("fornamn", "Förnamn", "1:Förnamn", type="person-name", target="/deceased/givenName"),
    text("bostadsadress", "Bostadsadress", "Bostadsadress"),
    text("postnummer", "Postnummer", "1:Postnummer", type="postnummer"),
    text("postort", "Postort", "1:Postort", type="place"),
    text("land", "Land", "Land om ej stadigvarande bosatt i Sverige"),
    text("identitet", "Identiteten styrkt genom", "Identiteten styrkt genom"),
    text("dodsdatum", "Dödsdatum", "Dödsdatum år mån dag", type="date"),
    choice("dodsdatum-sakert", "Dödsdatumet är", ("sakert", "Säkert", "Säkert"),
           ("ej-sakert", "Ej säkert", "Ej Säkert")),
    text("antraffad-dod", "Anträffad död", "Om dödsdatum ej säkert År mån dag anträffad död", type="date"),
    text("kommun", "Kommun", "Kommun om okänd dödsplats kommunen där kroppen påträffades", type="place"),
    choice("dodsplats", "Dödsplats", ("sjukhus", "Sjukhus", "Sjukhus"),
           ("ordinart-boende", "Ordinärt boende", "Ordinärt boende"),
           ("sarskilt-boende", "Särskilt boende", "Särskilt boende"), ("annan", "Annan/okänd", "Annan/okänd")),
    choice("barn", "Barn som avlidit", ("dodfott", "Dödfött", "Dödfött"),
           ("inom-28-dygn", "Avlidet inom 28 dygn", "Avlidet inom 28 dygn")),
    *[field for number in range(1, 13) for field in [
        text(f"orsak-{number}", f"Dödsorsak, rad {number}",
             f"Den terminala dödsorsaken var_{number}" if number <= 4 else
             f"Andra sjukdomar eller skador som bidragit till dödsfalletRow{number - 4}"),
        text(f"debut-{number}", f"Ungefärlig debut, rad {number}", f"Ungefärlig debut år mån dag_{number}", type="date"),
        choice(f"forlopp-{number}", f"Förlopp, rad {number}", ("akut", "Akut", f"Akut_{number}"),
               ("kronisk", "Kronisk", f"Kronisk_{number}"),
               ("uppgift-saknas", "Uppgift saknas", f"Uppgift saknas_{number}"))]],
    text("personnummer-sida-2", "Personnummer, sida 2", "2:Personnummer", type="personnummer",
         target="/deceased/legalIdPage2"),
    text("fodelsedatum-sida-2", "Födelsedatum, sida 2", "2:Födelsedatum", type="date"),
    choice("opererad", "Opererad inom fyra veckor före döden", ("nej", "Nej", "Opererad nej"),
           ("uppgift-saknas", "Uppgift om operation saknas", "Uppgift om operation saknas"),
           ("ja", "Ja", "Opererad ja")),
    text("operationsdatum", "Operationsdatum", "Operationsdatum år mån dag", type="date"),
    text("operation-tillstand", "Tillstånd som föranledde ingreppet", "Tillstånd som föranledde ingreppet"),
    choice("skada", "Skada/förgiftning", ("olycksfall", "Olycksfall", "Olycksfall"),
           ("vallad-av-annan", "Avsiktligt vållad av annan", "Avsiktligt vållad av annan"),
           ("sjalvmord", "Självmord", "Självmord"), ("oklart", "Oklart om avsikt förelegat",
                                                     "Oklart om avsikt förelegat")),
    text("skadedatum", "Datum för skada/förgiftning", "Datum för skadaförgiftning år mån dag", type="date"),
    text("skada-beskrivning", "Hur skadan uppkom",
         "Kort beskrivning av hur skadanförgiftningen uppkom utan att röja eventuellt andra inblandades identiteter"),
    choice("grundar-sig-pa", "Dödsorsaksuppgifterna grundar sig på",
           ("undersokning-fore", "Undersökning före döden", "Undersökning före döden"),
           ("yttre-efter", "Yttre undersökning efter döden", "Yttre efter döden"),
           ("klinisk-obduktion", "Klinisk obduktion", "Klinisk obduktion"),
           ("rattsmedicinsk-obduktion", "Rättsmedicinsk obduktion", "Rättsmedicinsk obduktion"),
           ("rattsmedicinsk-likbesiktning", "Rättsmedicinsk likbesiktning", "Rättsmedicinsk likbesiktning"),
           select="any"),
    text("ort-och-datum", "Ort och datum", "Ort och datum"),
    text("lakarens-namn", "Läkarens efternamn och förnamn", "Läkarens efternamn och förnamn", type="person-name"),
    text("befattning", "Befattning", "Befattning"),
    text("tjanstestalle", "Tjänsteställe", "Tjänsteställe"),
    text("utdelningsadress", "Utdelningsadress", "Utdelningsadress"),
    text("lakare-postnummer", "Postnummer", "Postnummer_2", type="postnummer"),
    text("lakare-postort", "Postort", "Postort_2", type="place"),
    text("telefon", "Telefon", "Telefon inkl riktnummer", type="phone"),
    text("epost", "E-post", "Epost", type="email"),
]

TS_QUESTIONS = [
    (1, 196, "syn-a", "Tecken på synfältsdefekter"), (1, 198, "syn-b", "Begränsning av seendet vid nedsatt belysning"),
    (1, 200, "syn-c", "Progressiv ögonsjukdom"), (1, 202, "syn-d", "Dubbelseende"), (1, 204, "syn-e", "Nystagmus"),
    (2, 5, "horsel-a", "Balansrubbningar eller yrsel"), (2, 7, "horsel-b", "Svårt att uppfatta samtalsstämma"),
    (2, 20, "rorelse-a", "Nedsatt rörlighet"), (2, 22, "rorelse-b", "Kan inte hjälpa passagerare"),
    (2, 24, "hjart-a", "Hjärt- eller kärlsjukdom"), (2, 26, "hjart-b", "Tecken på hjärnskada"),
    (2, 28, "hjart-c", "Riskfaktorer för stroke"), (2, 30, "diabetes", "Diabetes"),
    (2, 37, "neurologi", "Neurologisk sjukdom"), (2, 39, "epilepsi", "Epilepsi eller annan medvetandestörning"),
    (2, 41, "njurar", "Nedsatt njurfunktion"), (2, 43, "demens", "Sviktande kognitiv funktion"),
    (2, 45, "somn", "Sömn- eller vakenhetsstörning"), (3, 47, "alkohol-a", "Tecken på missbruk eller beroende"),
    (3, 49, "alkohol-b", "Vårdinsatser för missbruk"), (3, 51, "alkohol-provtagning", "Provtagning behövs"),
    (3, 53, "alkohol-c", "Läkemedel som kan innebära risk"), (3, 55, "psykisk", "Psykisk sjukdom"),
    (3, 57, "utveckling-a", "Psykisk utvecklingsstörning"), (3, 59, "utveckling-b", "ADHD med mera"),
    (3, 61, "sjukhusvard", "Sjukhusvård"), (3, 63, "medicinering", "Stadigvarande medicinering"),
]
TS_CLASSES = ["C1", "C1E", "C", "CE", "D1", "D1E", "D", "DE", "Taxi"]
TS_ACUITY = [(f"synskarpa-{eye}-{how}", f"Synskärpa, {words} {with_or_without} korrektion", first)
             for eye, words, first in [("hoger", "höger öga", 206), ("vanster", "vänster öga", 210),
                                       ("binokulart", "binokulärt", 214)]
             for how, with_or_without, first in [("utan", "utan", first), ("med", "med", first + 2)]]


def ts_signature(page):
    # The widget is a line of text; the printed frame around it is what people sign in.
    return signature(f"signatur-{page}", f"Läkarens signatur, sida {page}", f"{page}:Falt__221",
                     grow=(0.4, 3.2, 0.4, 2.0))


def ts_person(page):
    return comb(f"personnummer-{page}", f"Sökandens personnummer, sida {page}", f"{page}:Falt__3", cells=12,
                type="personnummer", grow=(0, 1.1, 0, 1.1))


TS_1007 = [
    text("namn-och-adress", "Namn- och adressfält", ["1:Falt", "1:Falt__1", "1:Falt__2"], lines=3),
    ts_person(1),
    choice("intyget-avser", "Intyget avser", *[(name.lower(), name, f"1:Falt_{10 + index}")
                                              for index, name in enumerate(TS_CLASSES)],
           ("annat", "Annat", "1:Falt_19"), select="any"),
    choice("identitet", "Identiteten är styrkt genom", *[
        (value, label, f"1:Falt_{66 + index}") for index, (value, label) in enumerate([
            ("id-kort", "ID-kort"), ("foretagskort", "Företagskort eller tjänstekort"),
            ("korkort", "Svenskt körkort"), ("personlig-kannedom", "Personlig kännedom"),
            ("forsakran", "Försäkran enligt 18 kap. 4 §"), ("pass", "Pass")])]),
    *[yes_no(name, label, f"{page}:Falt_{number}", f"{page}:Falt_{number + 1}")
      for page, number, name, label in TS_QUESTIONS if page == 1],
    *[comb(name, label, [f"Falt__{first}", f"Falt__{first + 1}"], cells=2, type="digits", grow=(0.3, 0.9, 0.3, 0.9))
      for name, label, first in TS_ACUITY],
    checkbox("kontaktlinser-hoger", "Kontaktlins höger", "Falt_218"),
    checkbox("kontaktlinser-vanster", "Kontaktlins vänster", "Falt_219"),
    checkbox("over-8-dioptrier", "Glas över plus 8 dioptrier", "Falt_220"),
    ts_signature(1),
    ts_person(2),
    *[yes_no(name, label, f"{page}:Falt_{number}", f"{page}:Falt_{number + 1}")
      for page, number, name, label in TS_QUESTIONS if page == 2],
    text("rorelse-beskrivning", "Typ av nedsättning eller sjukdom", "2:FaltDiv"),
    text("hjart-beskrivning", "Typ av sjukdom", "2:FaltDiv1"),
    choice("diabetes-typ", "Typ av diabetes", ("typ-1", "Typ 1", "2:Falt_32"), ("typ-2", "Typ 2", "2:Falt_33")),
    choice("diabetes-behandling", "Behandling", ("kost", "Kost", "2:Falt_34"), ("tabletter", "Tabletter", "2:Falt_35"),
           ("insulin", "Insulin", "2:Falt_36"), select="any"),
    text("epilepsi-beskrivning", "När den inträffade och orsak", "2:FaltDiv2"),
    ts_signature(2),
    text("namn-och-adress-3", "Namn- och adressfält, sida 3", ["3:Falt", "3:Falt__1", "3:Falt__2"], lines=3),
    ts_person(3),
    *[yes_no(name, label, f"{page}:Falt_{number}", f"{page}:Falt_{number + 1}")
      for page, number, name, label in TS_QUESTIONS if page == 3],
    text("lakemedel", "Läkemedel och ordinerad dos", "3:FaltDiv3"),
    text("sjukhusvard-nar", "Sjukhusvård: när", "Falt__84"),
    text("sjukhusvard-var", "Sjukhusvård: vårdinrättning", "Falt__85"),
    text("sjukhusvard-varfor", "Sjukhusvård: för vad", "Falt__86"),
    text("mediciner", "Vilka mediciner", "3:FaltDiv4"),
    ts_signature(3),
    ts_person(4),
    text("ovrig-kommentar", "Övrig kommentar", "FaltDiv5"),
    choice("bedomning", "Patienten uppfyller kraven för", *[
        (name.lower(), name, f"4:Falt_{number}") for name, number in zip(TS_CLASSES, [65, *range(72, 80)])],
           ("kan-inte-ta-stallning", "Kan inte ta ställning", "4:Falt_80"), ("annat", "Annat", "4:Falt_81"),
           select="any"),
    text("specialist", "Bör undersökas av specialist i", "FaltDiv6"),
    # "20" is printed: the six cells are year, month and day.
    comb("intygsdatum", "Intygsdatum", "Falt__82", cells=6, type="date", grow=(0, 1.1, 0, 1.1)),
    text("vardinrattning", "Vårdinrättningens namn", "Falt__83"),
    text("adress-och-ort", "Adress och ort", "Falt__87"),
    text("telefon", "Telefon", "Falt__88", type="phone"),
    signature("underskrift", "Läkarens underskrift", "Falt__89", grow=(0, 6, 0, 0.8)),
    text("namnfortydligande", "Namnförtydligande", "Falt__90", type="person-name"),
    choice("kompetens", "Läkarens kompetens", ("specialist", "Specialistkompetens", "Falt_91"),
           ("st-lakare", "ST-läkare", "Falt_93"), ("at-lakare", "AT-läkare", "Falt_94"), select="any"),
    text("specialistkompetens", "Specialistkompetens i", "Falt_92"),
    ts_signature(4),
]

FORMS = [
    {"folder": "fk-7263", "id": "fk-7263", "version": 1, "pdf": "fk7263", "fields": FK_7263,
     "name": {"sv": "Läkarintyg enligt 27 kap. 25 § socialförsäkringsbalken (Försäkringskassan 7263)"}},
    {"folder": "sos-dodsorsaksintyg", "id": "sos-dodsorsaksintyg", "version": 1, "pdf": "dodsorsaksintyg",
     "fields": SOS_DODSORSAKSINTYG, "name": {"sv": "Dödsorsaksintyg (Socialstyrelsen)"}},
    *[{"folder": f"ts-1007-v{version}", "id": "ts-1007", "version": version, "pdf": f"tstrk1007-{pdf}",
       "fields": TS_1007, "name": {"sv": "Läkarintyg avseende högre körkortsbehörigheter (Transportstyrelsen TSTRK1007)"},
       "identification": {"text": edition, "barcode": r"^\*?1007206[1-4]\*?$"}}
      for version, pdf, edition in [(607, "V0607", "TSTRK1007 (U07) 141003"), (608, "V06U08",
                                                                                "TSTRK1007 (U08) 160114")]],
]


def widget(name, widgets):
    """The one widget whose name ends so, on the page that is named."""
    page, _, end = name.rpartition(":") if re.match(r"\d:", name) else ("", "", name)
    found = [w for w in widgets if (not page or w["page"] == int(page))
             and (w["name"] == end or w["name"].endswith("." + end))]
    assert len(found) == 1, f"{name}: {len(found)} widgets"
    return found[0]


def truth(form, widgets):
    """What a filled PDF says, by our names; None where nothing stands."""
    def value(field):
        if field["kind"] == "choice":
            marked = [option[0] for option in field["options"] if widget(option[2], widgets).get("checked")]
            if field["select"] == "any":
                return marked or None
            return marked[0] if marked else None
        parts = [widget(name, widgets) for name in field["widgets"]]
        if field["kind"] == "checkbox":
            return True if parts[0].get("checked") else None
        return "\n".join(part.get("value") or "" for part in parts).strip() or None
    return {field["name"]: value(field) for field in form["fields"]}
