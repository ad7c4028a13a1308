import Support
import Teaching
import Testing

private func text(_ name: String, _ box: JSONValue, page: Int = 1) -> JSONValue {
    ["name": .string(name), "kind": "text", "page": .number(Double(page)), "box": box, "required": true]
}

/// A form of one page for an earlier version, with something of everything that has a place.
private let earlier: JSONValue = [
    "format": "blankett-form/1", "id": "form", "version": 4, "name": ["sv": "Form"], "errorTarget": 0.01,
    "pages": [["image": "page-1.png", "width": 210, "height": 297]],
    "fields": [
        text("name", [20, 20, 80, 8]), text("below", [20, 120, 80, 8]), text("gone", [20, 200, 80, 8]),
        [
            "name": "number", "kind": "comb", "page": 1, "box": [20, 40, 60, 6],
            "cellBoxes": [[20, 40, 20, 6], [60, 40, 20, 6]],
        ],
        [
            "name": "pick", "kind": "choice", "page": 1,
            "options": [["value": "a", "box": [20, 130, 4, 4]], ["value": "b", "box": [40, 130, 4, 4]]],
        ],
        text("other-page", [20, 20, 80, 8], page: 2),
    ],
    "rules": [
        ["rule": "any-of", "fields": ["name", "below"]], ["rule": "sum", "parts": ["name", "gone"], "total": "below"],
        ["rule": "requires", "field": "other-page", "then": ["name"]],
    ],
]

private let proposed: JSONValue = [
    "format": "blankett-form/1", "id": "form", "version": 1, "name": "Proposed",
    "pages": [["image": "page-1.png", "width": 211, "height": 297]],
    "fields": [
        text("name", [20.3, 20.2, 80, 8]), text("name", [20, 100, 80, 8]), text("below", [120, 250, 40, 8]),
    ],
]

/// The new blank: all below 100 mm is 9 mm further down; `gone` is not found, and page 2 is not there.
private func find(_ page: Int, _ box: MillimetreRect) -> CarriedForm.Place? {
    guard page == 1 else { return nil }
    let down = box.y > 100 ? 9.0 : 0.2
    let isGone = box.y == 200
    return .init(
        page: 1, box: MillimetreRect(x: box.x, y: box.y + (isGone ? 0 : down), width: box.width, height: box.height),
        by: (0, isGone ? 0 : down), isSure: !isGone, likeness: 0.9)
}

struct `A new version of a form` {
    private let carried = CarriedForm(old: earlier, proposed: proposed, find: find)

    private func field(_ name: String) -> JSONValue? {
        carried.form["fields"]?.arrayValue?.first { $0["name"]?.stringValue == name }
    }

    private func change(_ name: String) -> FieldChange? { carried.changes.first { $0.name == name } }

    @Test(arguments: [("OLD/1", "NEW/1"), ("OLD/1", nil), (nil, "NEW/1"), (nil, nil)] as [(String?, String?)])
    func `is named by the codes of its own blank`(_ old: String?, _ new: String?) {
        func form(_ form: JSONValue, _ identification: [String: String]) -> JSONValue {
            var members = form.objectValue ?? [:]
            guard !identification.isEmpty else { return form }
            members["identification"] = .object(identification.mapValues(JSONValue.string))
            return .object(members)
        }
        let before = form(earlier, (old.map { ["barcode": $0] } ?? [:]).merging(["text": "F 1"]) { $1 })
        let after = form(proposed, new.map { ["barcode": $0] } ?? [:])
        let identification = CarriedForm(old: before, proposed: after, find: find).form["identification"]
        #expect(identification?["barcode"]?.stringValue == new)
        #expect(identification?["text"] == "F 1")
    }

    @Test func `keeps what was known, at the places of the new blank`() {
        #expect(carried.form["version"] == 5)
        #expect(carried.form["errorTarget"] == 0.01)
        #expect(carried.form["pages"] == proposed["pages"])
        #expect(field("name")?["box"] == [20, 20.2, 80, 8])
        #expect(field("name")?["required"] == true)
        #expect(field("below")?["box"] == [20, 129, 80, 8])
        #expect(field("number")?["cellBoxes"] == [[20, 40.2, 20, 6], [60, 40.2, 20, 6]])
        #expect(field("pick")?["options"]?[1]?["box"] == [40, 139, 4, 4])
    }

    @Test func `tells what moved, what is gone and what is new`() {
        #expect(change("name")?.change == .same)
        #expect(change("below") == FieldChange(name: "below", change: .moved, by: [0, 9]))
        #expect(change("pick")?.change == .moved)
        #expect(change("gone")?.change == .vanished)
        #expect(change("other-page")?.change == .vanished && field("other-page") == nil)
        // Two of the proposals lie where no field does; the names are another's already.
        #expect(change("name-2")?.change == .added && change("below-2")?.change == .added)
        #expect(carried.changes.count == 8)
    }

    @Test func `drops a rule about what is no longer there`() {
        #expect(carried.form["rules"]?.arrayValue?.count == 2)
        #expect(carried.form["rules"]?[0]?["rule"] == "any-of")
    }

    @Test func `gives a place to the one that is more alike`() {
        let carried = CarriedForm(old: earlier, proposed: proposed) { page, box in
            var place = find(page, box)
            if box.y == 120 {
                // It is taken for the first.
                place?.box = MillimetreRect(x: 20, y: 20, width: 80, height: 8)
                place?.likeness = 0.8
            }
            return place
        }
        #expect(carried.changes.first { $0.name == "name" }?.change == .same)
        #expect(carried.changes.first { $0.name == "below" }?.change == .vanished)
    }
}
