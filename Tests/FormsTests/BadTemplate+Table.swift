/// Every way to get a template wrong that the loader knows.
extension BadTemplate {
    static let identity: [BadTemplate] = [
        BadTemplate(
            "an array", "[]",
            says:
                "1: Here must be an object, not a list. Write { format: …, id: …, version: …, name: …, pages: …, fields: … }."
        ),
        BadTemplate(
            "an empty object", "{}", says: #"1: "format" is missing. Add format: "blankett-form/1"."#,
            #"1: "id" is missing. Add a short name that never changes, such as id: "ansokan-bistand"."#,
            #"1: "version" is missing. Add version: 1, and count up with each new edition of the paper."#,
            #"1: "name" is missing. Add what people call it, such as name: { sv: "Ansökan" }."#,
            #"1: "pages" is missing. Add pages: [{ image: "page-1.png", width: 210, height: 297 }]."#,
            #"1: "fields" is missing. Add fields: [ … ] with at least one field."#),
        BadTemplate(
            "a later format", base(format: "\"blankett-form/2\""),
            says:
                #"1: format: The format "blankett-form/2" is not known here. This Blankett reads "blankett-form/1"; a newer one may be needed."#
        ),
        more("a misspelt key", "feilds: 1", says: #"5: feilds: Unknown key "feilds". Did you mean "fields"?"#),
        more(
            "an unknown key", #"colour: "red""#,
            says:
                #"5: colour: Unknown key "colour". Known here: $schema, errorTarget, fields, format, id, identification, name, output, pages, rules, version."#
        ),
        BadTemplate(
            "a key that stands twice",
            """
            { format: "blankett-form/1", id: "p", version: 1, name: "P",
              pages: [{ image: "page-1.png", width: 210, height: 297 }],
              fields: [{ name: "a", name: "b", kind: "text", box: [1, 1, 9, 9] }] }
            """, says: "3: fields[0].name: The key stands twice in the same object. Leave one of them out."),
        BadTemplate(
            "an id with capitals", base(id: "Ansökan"),
            says:
                #"1: id: "Ansökan" cannot be a form's id. Use up to 64 small letters a-z, digits and -, such as "ansokan-bistand"."#
        ),
        BadTemplate(
            "a version that is a text", base(version: "\"1\""),
            says: #"1: version: "version" must be a whole number, not a text. Write version: 1."#),
        BadTemplate(
            "a version of nought", base(version: 0),
            says: #"1: version: "version" is 0; it must be from 1 to 999999. Write version: 1."#),
        BadTemplate(
            "a version between two", base(version: 1.5),
            says: #"1: version: "version" must be a whole number, not 1.5. Write version: 1."#),
        BadTemplate(
            "a name that is a number", base(name: "7"),
            says:
                #"1: name: "name" must be a text or { language: text }, not a number. Write name: { sv: "…", en: "…" }."#
        ),
        BadTemplate(
            "a name in no language", base(name: "{ Swedish: \"Prov\" }"),
            says: #"1: name.Swedish: "Swedish" is no language code. Write two letters, such as sv, en or fi."#),
        more(
            "an error target of half", "errorTarget: 0.5",
            says:
                "5: errorTarget: An errorTarget of 0.5 lets more than one field in ten be wrong. Write a share up to 0.1, such as 0.001 for one in a thousand."
        ),
        more(
            "a barcode that is no expression", #"identification: { barcode: "(" }"#,
            says:
                #"5: identification.barcode: "(" is no regular expression. Write a backslash before signs that stand for themselves, and close what you open."#
        ),
    ]

    static let pages: [BadTemplate] = [
        BadTemplate(
            "no pages", base(pages: "[]", field: ""),
            says: #"2: pages: The form has no page. Add { image: "page-1.png", width: 210, height: 297 }."#,
            "3: fields: The form has no field. Add at least one."),
        BadTemplate(
            "a page without height", base(pages: "[{ image: \"page-1.png\", width: 210 }]"),
            says: #"2: pages[0]: "height" is missing. Add its height in millimetres."#),
        BadTemplate(
            "a page of no width", base(pages: "[{ image: \"page-1.png\", width: 0, height: 297 }]"),
            says: #"2: pages[0].width: "width" must be more than 0. Write width: 210."#),
        BadTemplate(
            "a picture that is not there", base(pages: "[{ image: \"page1.png\", width: 210, height: 297 }]"),
            says: #"2: pages[0].image: There is no file "page1.png" in the package. Did you mean "page-1.png"?"#),
        BadTemplate(
            "a picture elsewhere", base(pages: "[{ image: \"../page-1.png\", width: 210, height: 297 }]"),
            says:
                #"2: pages[0].image: "../page-1.png" is not the plain name of a file in the package. Put the file beside form.json5 and write its name without folders."#
        ),
        BadTemplate(
            "a picture by its whole path", base(pages: "[{ image: \"/etc/passwd\", width: 210, height: 297 }]"),
            says:
                #"2: pages[0].image: "/etc/passwd" is not the plain name of a file in the package. Put the file beside form.json5 and write its name without folders."#
        ),
        BadTemplate(
            "a hidden file", base(pages: "[{ image: \".png\", width: 210, height: 297 }]"),
            says:
                #"2: pages[0].image: ".png" is not the plain name of a file in the package. Put the file beside form.json5 and write its name without folders."#
        ),
        BadTemplate(
            "a picture that is no PNG", base(), files: ["page-1.png": Array("GIF89a".utf8)],
            says:
                #"2: pages[0].image: The file "page-1.png" is not a whole PNG picture. Save the blank page as PNG at 200 to 300 dots per inch."#
        ),
        BadTemplate(
            "a picture that is cut off", base(), files: ["page-1.png": png(827, 1169).dropLast(12)],
            says:
                #"2: pages[0].image: The file "page-1.png" is not a whole PNG picture. Save the blank page as PNG at 200 to 300 dots per inch."#
        ),
        BadTemplate(
            "a picture of another shape", base(), files: ["page-1.png": png(827, 1000)],
            says:
                "2: pages[0].image: The picture has 827 × 1000 pixels, which is not the shape of a page of 210 × 297 mm. Correct the page's width and height, or cut the picture to the page."
        ),
        BadTemplate(
            "a picture that lies", base(), files: ["page-1.png": png(1169, 827)],
            says:
                "2: pages[0].image: The picture has 1169 × 827 pixels, which is not the shape of a page of 210 × 297 mm. Turn the picture, or swap the page's width and height."
        ),
        BadTemplate(
            "a picture that is too coarse", base(), files: ["page-1.png": png(413, 584)],
            says:
                "2: pages[0].image: The picture has only 49 dots per inch. Save the blank page at 200 to 300 dots per inch."
        ),
        BadTemplate(
            "one picture for two pages",
            base(
                pages:
                    "[{ image: \"page-1.png\", width: 210, height: 297 }, { image: \"page-1.png\", width: 210, height: 297 }]",
                field: "{ name: \"a\", page: 1, kind: \"text\", box: [1, 1, 9, 9] }"),
            says: #"2: pages[1].image: "page-1.png" is named for two pages. Give each page its own picture."#),
    ]

    static let fields: [BadTemplate] = [
        BadTemplate("no fields", base(field: ""), says: "3: fields: The form has no field. Add at least one."),
        field(
            "a field that is a text", #""namn""#,
            says: "4: fields[0]: Here must be an object, not a text. Write { name: …, kind: … }."),
        field(
            "a field without kind", #"{ name: "a", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0]: "kind" is missing. Add one of: text, comb, checkbox, choice, barcode, signature, image, table."#
        ),
        field(
            "a misspelt kind", #"{ name: "a", kind: "comd", box: [1, 1, 9, 9] }"#,
            says: #"4: fields[0].kind: Unknown kind "comd". Did you mean "comb"?"#),
        field(
            "a misspelt type", #"{ name: "a", kind: "text", type: "personummer", box: [1, 1, 9, 9] }"#,
            says: #"4: fields[0].type: Unknown type "personummer". Did you mean "personnummer"?"#),
        field(
            "a type that nobody knows", #"{ name: "a", kind: "text", type: "colour", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0].type: Unknown type "colour". Known here: amount, bankgiro, boolean, code, date, decimal, digits, email, iban, integer, ocr-reference, organisationsnummer, person-name, personnummer, phone, place, plusgiro, postnummer, text, time."#
        ),
        field(
            "a name with a space", #"{ name: "för namn", kind: "text", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0].name: "för namn" cannot be a field's name. Use up to 64 letters a-z, digits, - and _, beginning with a letter; what people see is the label."#
        ),
        field(
            "a name that stands twice",
            #"{ name: "a", kind: "text", box: [1, 1, 9, 9] }, { name: "a", kind: "text", box: [20, 1, 9, 9] }"#,
            says: #"4: fields[1].name: The name "a" stands twice. Give each field its own name."#),
        field(
            "a page that is not there", #"{ name: "a", page: 2, kind: "text", box: [1, 1, 9, 9] }"#,
            says: "4: fields[0].page: There is no page 2. The form has one page: write page: 1."),
        BadTemplate(
            "no page among two",
            base(
                pages:
                    "[{ image: \"page-1.png\", width: 210, height: 297 }, { image: \"page-2.png\", width: 210, height: 297 }]"
            ), files: ["page-2.png": png(827, 1169)],
            says: #"4: fields[0]: "page" is missing. Add the page's number, from 1 to 2."#),
        field(
            "no box", #"{ name: "a", kind: "text" }"#,
            says: #"4: fields[0]: "box" is missing. Add where a is: box: [x, y, width, height]."#),
        field(
            "a box of three numbers", #"{ name: "a", kind: "text", box: [1, 1, 9] }"#,
            says: "4: fields[0].box: A box is four numbers. Write [x, y, width, height] in millimetres."),
        field(
            "a box with a text in it", #"{ name: "a", kind: "text", box: [1, 1, "9", 9] }"#,
            says: "4: fields[0].box: A box is four numbers. Write [x, y, width, height] in millimetres."),
        field(
            "a box of no height", #"{ name: "a", kind: "text", box: [1, 1, 9, 0] }"#,
            says:
                "4: fields[0].box: A box needs a width and a height above 0. Write [x, y, width, height] in millimetres, not two corners."
        ),
        field(
            "a box outside the page", #"{ name: "a", kind: "text", box: [150, 280, 100, 9] }"#,
            says:
                "4: fields[0].box: The box ends at 250 × 289 mm, outside page 1 of 210 × 297 mm. Write [x, y, width, height] in millimetres from the page's top left corner."
        ),
        field(
            "two fields in one place",
            #"{ name: "a", kind: "text", box: [1, 1, 9, 9] }, { name: "b", kind: "text", box: [2, 1, 9, 9] }"#,
            says: #"4: fields[1].box: "b" lies on "a": ink there would be read twice. Move one of the boxes."#),
        field(
            "required that is a text", #"{ name: "a", kind: "text", required: "yes", box: [1, 1, 9, 9] }"#,
            says: #"4: fields[0].required: "required" must be true or false, not a text. Write required: true."#),
        field(
            "a key of another kind", #"{ name: "a", kind: "text", cells: 4, box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0].cells: "cells" has no meaning for a field of kind "text". Leave it out, or use kind: "comb"."#
        ),
        field(
            "a text that is true or false", #"{ name: "a", kind: "text", type: "boolean", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0].type: A field of kind "text" cannot have the type "boolean". Leave the type out, or change the kind."#
        ),
        field(
            "a code without words", #"{ name: "a", kind: "text", type: "code", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0]: A code needs the words it can be. Add options: [{ value: "…" }], or list: with a file of one word a line."#
        ),
        field(
            "words without a code", #"{ name: "a", kind: "text", options: [{ value: "x" }], box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0]: Only a code is chosen from given words. Add type: "code", or leave options and list out."#
        ),
        field(
            "a list that is not there",
            #"{ name: "a", kind: "text", type: "code", list: "codes.txt", box: [1, 1, 9, 9] }"#,
            says: #"4: fields[0].list: There is no file "codes.txt" in the package. Put it beside form.json5."#),
        field(
            "a list with a word twice",
            #"{ name: "a", kind: "text", type: "code", list: "codes.txt", box: [1, 1, 9, 9] }"#,
            files: ["codes.txt": Array("A\nB\nA\n".utf8)],
            says: #"4: fields[0].list: "A" stands twice in "codes.txt". Leave each word in once."#),
        field(
            "an empty list", #"{ name: "a", kind: "text", type: "code", list: "codes.txt", box: [1, 1, 9, 9] }"#,
            files: ["codes.txt": Array("# nothing\n".utf8)],
            says: #"4: fields[0].list: There is no word in "codes.txt". Write one word a line."#),
        field(
            "three wrong things at once",
            #"{ name: "a", kind: "text", colour: 1, review: "sometimes", box: [1, 1, 9] }"#,
            says:
                #"4: fields[0].colour: Unknown key "colour". Known here: box, cellBoxes, cells, columns, correction, kind, label, lines, list, name, options, page, required, review, rows, select, target, type, writing."#,
            "4: fields[0].box: A box is four numbers. Write [x, y, width, height] in millimetres.",
            #"4: fields[0].review: Unknown review "sometimes". Known here: always, never, two-people, when-uncertain."#),
    ]

    static let marks: [BadTemplate] = [
        field(
            "a comb without cells", comb(""),
            says:
                "4: fields[0]: A comb needs to know its cells. Add cells: and how many there are, or cellBoxes: with a box for each."
        ),
        field(
            "a comb of no cells", comb("cells: 0"),
            says: #"4: fields[0].cells: "cells" is 0; it must be from 1 to 100. Write cells: 12."#),
        field(
            "a comb that counts wrongly", comb("cells: 3, cellBoxes: [[10, 10, 5, 8], [15, 10, 5, 8]]"),
            says:
                #"4: fields[0].cells: "cells" says 3, but there are 2 cellBoxes. Leave "cells" out, or make them agree."#
        ),
        field(
            "cells that are no boxes", comb("cellBoxes: [10, 10, 5, 8]"),
            says: "4: fields[0].cellBoxes[0]: A box is four numbers. Write [x, y, width, height] in millimetres.",
            "4: fields[0].cellBoxes[1]: A box is four numbers. Write [x, y, width, height] in millimetres.",
            "4: fields[0].cellBoxes[2]: A box is four numbers. Write [x, y, width, height] in millimetres.",
            "4: fields[0].cellBoxes[3]: A box is four numbers. Write [x, y, width, height] in millimetres."),
        field(
            "a personal number in nine cells", comb("cells: 9, type: \"personnummer\""),
            says:
                "4: fields[0].cells: A personnummer does not fit 9 cells. Count them again: it has 10, 11, 12, 13 characters."
        ),
        field(
            "a choice without options", #"{ name: "v", kind: "choice" }"#,
            says:
                #"4: fields[0]: A choice needs its options. Add options: [{ value: "ja", box: [x, y, width, height] }, …]."#
        ),
        field(
            "a choice of nothing", choice(""),
            says:
                #"4: fields[0]: A choice needs its options. Add options: [{ value: "ja", box: [x, y, width, height] }, …]."#
        ),
        field(
            "an option without a box", choice("{ value: \"ja\" }"),
            says:
                #"4: fields[0].options[0]: "box" is missing. Add where the box to mark is: box: [x, y, width, height]."#
        ),
        field(
            "an option without a value", choice("{ box: [10, 10, 4, 4] }"),
            says: #"4: fields[0].options[0]: "value" is missing. Add what is handed on when this box is marked."#),
        field(
            "two options of one value",
            choice("{ value: \"ja\", box: [10, 10, 4, 4] }, { value: \"ja\", box: [20, 10, 4, 4] }"),
            says: #"4: fields[0].options[1].value: The value "ja" stands twice. Give each option its own value."#),
        field(
            "two options in one place",
            choice("{ value: \"ja\", box: [10, 10, 4, 4] }, { value: \"nej\", box: [11, 10, 4, 4] }"),
            says: #"4: fields[0].options[1].box: Two boxes of "v" lie on one another. Move one of the boxes."#),
        field(
            "an option outside the page", choice("{ value: \"ja\", box: [208, 10, 4, 4] }"),
            says:
                "4: fields[0].options[0].box: The box ends at 212 × 14 mm, outside page 1 of 210 × 297 mm. Write [x, y, width, height] in millimetres from the page's top left corner."
        ),
        field(
            "a checkbox of another type", #"{ name: "s", kind: "checkbox", type: "text", box: [1, 1, 4, 4] }"#,
            says:
                #"4: fields[0].type: A field of kind "checkbox" cannot have the type "text". Leave the type out: a mark is a boolean."#
        ),
    ]

    static let tables: [BadTemplate] = [
        field(
            "a table without rows and columns", #"{ name: "t", kind: "table", box: [10, 10, 100, 20] }"#,
            says: #"4: fields[0]: "rows" is missing. Add how many rows the table has."#,
            #"4: fields[0]: "columns" is missing. Add columns: [{ name: "…", x: 0, width: 40 }, …]."#),
        field(
            "a column beyond the table", table("{ name: \"a\", x: 60, width: 60 }"),
            says:
                #"4: fields[0].columns[0]: The column "a" ends 120 mm from the table's left edge, but the table is 100 mm wide. Count x from the table's left edge, not from the page's."#
        ),
        field(
            "two columns in one place", table("{ name: \"a\", x: 0, width: 60 }, { name: \"b\", x: 50, width: 50 }"),
            says: #"4: fields[0].columns[1]: The columns "a" and "b" lie on one another. Move one of them."#),
        field(
            "two columns of one name", table("{ name: \"a\", x: 0, width: 50 }, { name: \"a\", x: 50, width: 50 }"),
            says: #"4: fields[0].columns[1].name: The column "a" stands twice. Give each column its own name."#),
        field(
            "a column of choices", table("{ name: \"a\", kind: \"choice\", x: 0, width: 50 }"),
            says:
                #"4: fields[0].columns[0].kind: A column cannot be of kind "choice". Use "checkbox" or "comb" or "text"."#
        ),
        field(
            "a comb column without cells", table("{ name: \"a\", kind: \"comb\", x: 0, width: 50 }"),
            says: "4: fields[0].columns[0]: A comb needs to know its cells. Add cells: and how many there are."),
    ]

    static let rules: [BadTemplate] = [
        more(
            "a rule without its name", #"rules: [{ fields: ["namn"] }]"#,
            says: #"5: rules[0]: "rule" is missing. Add one of: any-of, order, requires, sum."#),
        more(
            "a misspelt rule", #"rules: [{ rule: "oder", fields: ["namn", "namn"] }]"#,
            says: #"5: rules[0].rule: Unknown rule "oder". Did you mean "order"?"#),
        more(
            "a rule about an unknown field", #"rules: [{ rule: "any-of", fields: ["namn", "nam"] }]"#,
            says: #"5: rules[0].fields[1]: There is no field "nam". Did you mean "namn"?"#),
        more(
            "a rule with one field", #"rules: [{ rule: "any-of", fields: ["namn"] }]"#,
            says: #"5: rules[0].fields: "fields" names 1 fields; it takes at least 2. Name the fields."#),
        more(
            "an order of words", #"rules: [{ rule: "order", fields: ["namn", "namn"] }]"#,
            says:
                "5: rules[0].fields: Fields of type text have no common order. Name only dates, only times or only numbers."
        ),
        more(
            "a sum of words", #"rules: [{ rule: "sum", parts: ["namn"], total: "namn" }]"#,
            says:
                #"5: rules[0]: "namn" is of type "text" and cannot be added up. Give it the type integer, decimal or amount."#
        ),
        more(
            "a rule with another's key", #"rules: [{ rule: "requires", field: "namn", then: ["namn"], value: 1 }]"#,
            says: #"5: rules[0].value: Unknown key "value". Did you mean "values"?"#),
        BadTemplate(
            "a value that cannot be chosen",
            base(
                field: choice("{ value: \"ja\", box: [10, 10, 4, 4] }"),
                more: "rules: [{ rule: \"requires\", field: \"v\", values: [\"jo\"], then: [\"v\"] }]"),
            says: #"5: rules[0].values[0]: "v" has no option "jo". Did you mean "ja"?"#),
    ]

    static let output: [BadTemplate] = [
        field(
            "a target that is no pointer", #"{ name: "a", kind: "text", target: "applicant", box: [1, 1, 9, 9] }"#,
            says:
                #"4: fields[0].target: "applicant" is no place in a document. Write a JSON Pointer, such as "/applicant/name"."#
        ),
        field(
            "two fields with one target",
            #"{ name: "a", kind: "text", target: "/x", box: [1, 1, 9, 9] }, { name: "b", kind: "text", target: "/x", box: [20, 1, 9, 9] }"#,
            says: #"4: fields[1].target: /x is already taken by the field "a". Give each value a place of its own."#),
        field(
            "a target inside another",
            #"{ name: "a", kind: "text", target: "/x", box: [1, 1, 9, 9] }, { name: "b", kind: "text", target: "/x/y", box: [20, 1, 9, 9] }"#,
            says:
                #"4: fields[1].target: /x/y is already taken by the field "a" at /x. Give each value a place of its own."#
        ),
        more(
            "a constant where a field is", #"output: { constants: { "/namn": "PAPER" } }"#,
            says:
                #"5: output.constants["/namn"]: /namn is already taken by the field "namn". Give each value a place of its own."#
        ),
        more(
            "a constant that is nowhere", #"output: { constants: { channel: "PAPER" } }"#,
            says:
                #"5: output.constants.channel: "channel" is no place in a document. Write a JSON Pointer, such as "/applicant/name"."#
        ),
        more(
            "a schema that is not there", #"output: { schema: "output.schema.json" }"#,
            says: #"5: output.schema: There is no file "output.schema.json" in the package. Put it beside form.json5."#),
        more(
            "a schema that is none", #"output: { schema: "s.json" }"#, files: ["s.json": Array("[".utf8)],
            says: #"5: output.schema: The file "s.json" is not a JSON object. Put a JSON Schema there."#),
        more(
            "a target that the schema excludes", #"output: { schema: "s.json" }"#,
            files: ["s.json": Array(#"{"properties": {"name": {}}, "additionalProperties": false}"#.utf8)],
            says: #"4: fields[0]: The output schema has no place /namn. Did you mean "name"?"#),
    ]
}
