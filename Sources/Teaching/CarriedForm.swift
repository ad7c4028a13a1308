public import Support

/// A new version of a form: the fields of the earlier one at their places on a new blank, and what is new there.
public struct CarriedForm: Codable, Sendable {
    /// As in the file of a form package.
    public var form: JSONValue
    public var changes: [FieldChange]

    /// Where a place of the earlier blank is on the new one.
    public struct Place: Sendable {
        /// From 1.
        public var page: Int
        public var box: MillimetreRect
        /// By how many millimetres it has moved against the rest of its page.
        public var by: (x: Double, y: Double)
        /// Whether it was found, or is only guessed.
        public var isSure: Bool
        /// How alike the print around it is, up to 1.
        public var likeness: Double

        public init(page: Int, box: MillimetreRect, by: (x: Double, y: Double), isSure: Bool, likeness: Double) {
            self.page = page
            self.box = box
            self.by = by
            self.isSure = isSure
            self.likeness = likeness
        }
    }

    /// A rule about a field that is gone goes with it.
    ///
    /// - Parameters:
    ///   - old: The form of the earlier version: all that it says stays, but for places and pages.
    ///   - proposed: What was found on the new blank.
    ///   - find: Where a place is; `nil` where its page is no longer there.
    /// - Throws: What `find` throws.
    public init(
        old: JSONValue, proposed: JSONValue, find: (_ page: Int, _ box: MillimetreRect) throws -> Place?
    ) rethrows {
        var form = old.objectValue ?? [:]
        var fields: [JSONValue] = []
        var taken: [Spot] = []
        changes = []
        var carriers = (old["fields"]?.arrayValue ?? []).map { Carrier($0) }
        let carried = try carriers.indices.map { try carriers[$0].carried(find) }
        // Where two fields came to the same place, it is that of the one whose print is more alike.
        var lost: Set<Int> = []
        for index in carriers.indices.sorted(by: { carriers[$0].likeness > carriers[$1].likeness }) {
            let places = carriers[index].sharesItsPlace ? [] : carriers[index].places
            if places.contains(where: { place in taken.contains { $0.isOn(place) } }) {
                lost.insert(index)
            } else {
                taken += places
            }
        }
        for (index, carrier) in carriers.enumerated() {
            guard let field = carried[index], !lost.contains(index) else {
                changes.append(FieldChange(name: carrier.name, change: .vanished))
                continue
            }
            fields.append(field)
            changes.append(carrier.change)
        }
        var names = Set(fields.compactMap { $0["name"]?.stringValue })
        for field in proposed["fields"]?.arrayValue ?? [] {
            let places = Carrier.places(of: field)
            guard !places.isEmpty, !places.contains(where: { place in taken.contains { $0.isOn(place) } }) else {
                continue
            }
            let base = field["name"]?.stringValue ?? "falt"
            var name = base
            var number = 2
            while !names.insert(name).inserted {
                name = "\(base)-\(number)"
                number += 1
            }
            var members = field.objectValue ?? [:]
            members["name"] = .string(name)
            fields.append(.object(members))
            changes.append(FieldChange(name: name, change: .added))
        }
        form["fields"] = .array(fields)
        if let rules = old["rules"]?.arrayValue {
            let gone = Set(changes.map(\.name)).subtracting(names)
            form["rules"] = .array(rules.filter { gone.isDisjoint(with: Self.fields(of: $0)) })
        }
        // The codes are those of the new blank; a pattern that took both editions would tell neither.
        var identification = old["identification"]?.objectValue ?? [:]
        identification["barcode"] = proposed["identification"]?["barcode"]
        form["identification"] = identification.isEmpty ? nil : .object(identification)
        form["pages"] = proposed["pages"]
        form["version"] = .number((old["version"]?.numberValue ?? 0) + 1)
        self.form = .object(form)
    }
}

extension CarriedForm {
    /// The fields that a rule is about.
    private static func fields(of rule: JSONValue) -> [String] {
        let lists = ["fields", "parts", "then"].flatMap { rule[$0]?.arrayValue ?? [] }
        return (lists + [rule["total"], rule["field"]].compactMap { $0 }).compactMap(\.stringValue)
    }
}

/// One field on its way to another blank.
private struct Carrier {
    let field: JSONValue
    /// Where it is by now.
    var places: [Spot] = []
    private var found: [CarriedForm.Place] = []

    var name: String { field["name"]?.stringValue ?? "" }

    init(_ field: JSONValue) {
        self.field = field
    }

    /// Of the place that is least alike; what was only guessed comes after all that was found.
    var likeness: Double { found.map { $0.isSure ? $0.likeness : $0.likeness - 2 }.min() ?? -2 }

    /// A picture or a barcode may lie under other fields.
    var sharesItsPlace: Bool { ["image", "barcode"].contains(field["kind"]?.stringValue) }

    var change: FieldChange {
        let most = found.max { $0.distance < $1.distance }
        guard found.allSatisfy(\.isSure), let most else { return FieldChange(name: name, change: .vanished) }
        // Less than a millimetre is how a sheet was printed or scanned.
        guard most.distance >= 1 else { return FieldChange(name: name, change: .same) }
        return FieldChange(name: name, change: .moved, by: [most.by.x.rounded(to: 1), most.by.y.rounded(to: 1)])
    }

    mutating func carried(_ find: (Int, MillimetreRect) throws -> CarriedForm.Place?) rethrows -> JSONValue? {
        var members = field.objectValue ?? [:]
        let page = Self.page(of: field) ?? 1
        if field["kind"]?.stringValue == "choice" {
            var options: [JSONValue] = []
            for option in field["options"]?.arrayValue ?? [] {
                guard let box = MillimetreRect(option["box"]) else { return nil }
                guard let place = try find(Self.page(of: option) ?? page, box) else { return nil }
                note(place)
                var changed = option.objectValue ?? [:]
                changed["box"] = place.box.json
                if option["page"] != nil || place.page != page { changed["page"] = .number(Double(place.page)) }
                options.append(.object(changed))
            }
            members["options"] = .array(options)
            if let box = MillimetreRect(field["box"]) {
                members["box"] = places.dropFirst().reduce(places.first?.box ?? box) { $0.union($1.box) }.json
            }
            return .object(members)
        }
        guard let box = MillimetreRect(field["box"]) ?? Self.around(field["cellBoxes"]) else { return nil }
        guard let place = try find(page, box) else { return nil }
        note(place)
        members["page"] = .number(Double(place.page))
        if field["box"] != nil { members["box"] = place.box.json }
        if let cells = field["cellBoxes"]?.arrayValue {
            let (wide, high) = (place.box.width / box.width, place.box.height / box.height)
            members["cellBoxes"] = .array(
                cells.compactMap(MillimetreRect.init).map { cell in
                    MillimetreRect(
                        x: place.box.x + (cell.x - box.x) * wide, y: place.box.y + (cell.y - box.y) * high,
                        width: cell.width * wide, height: cell.height * high
                    ).json
                })
        }
        return .object(members)
    }

    private mutating func note(_ place: CarriedForm.Place) {
        found.append(place)
        places.append(Spot(page: place.page, box: place.box))
    }

    private static func page(of json: JSONValue) -> Int? { json["page"]?.numberValue.flatMap { Int(exactly: $0) } }

    private static func around(_ cells: JSONValue?) -> MillimetreRect? {
        let boxes = (cells?.arrayValue ?? []).compactMap(MillimetreRect.init)
        guard let first = boxes.first else { return nil }
        return boxes.dropFirst().reduce(first) { $0.union($1) }
    }

    static func places(of field: JSONValue) -> [Spot] {
        let page = page(of: field) ?? 1
        if field["kind"]?.stringValue == "choice" {
            return (field["options"]?.arrayValue ?? []).compactMap { option in
                MillimetreRect(option["box"]).map { Spot(page: Self.page(of: option) ?? page, box: $0) }
            }
        }
        return (MillimetreRect(field["box"]) ?? around(field["cellBoxes"])).map { [Spot(page: page, box: $0)] } ?? []
    }
}

extension CarriedForm.Place {
    fileprivate var distance: Double { (by.x * by.x + by.y * by.y).squareRoot() }
}

/// A place on a page.
private struct Spot {
    var page: Int
    var box: MillimetreRect

    /// Whether so much of the smaller one is common that ink would be read twice.
    func isOn(_ other: Spot) -> Bool {
        let (a, b) = (box, other.box)
        let common = max(0, min(a.maxX, b.maxX) - max(a.x, b.x)) * max(0, min(a.maxY, b.maxY) - max(a.y, b.y))
        return page == other.page && common > 0.3 * min(a.width * a.height, b.width * b.height)
    }
}

extension MillimetreRect {
    /// `[x, y, width, height]`, as in the file of a form package.
    fileprivate init?(_ json: JSONValue?) {
        let numbers = (json?.arrayValue ?? []).compactMap(\.numberValue)
        guard numbers.count == 4 else { return nil }
        self.init(x: numbers[0], y: numbers[1], width: numbers[2], height: numbers[3])
    }

    fileprivate var json: JSONValue { .array([x, y, width, height].map { .number($0.rounded(to: 2)) }) }
}
