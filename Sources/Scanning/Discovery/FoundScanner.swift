import Support

/// One scanner, with every way in which it was seen; the way to use comes first.
public struct FoundScanner: Sendable, Hashable, Codable {
    public private(set) var sightings: [ScannerSighting]

    /// The configured way wins, then HTTP, then HTTP over USB, then SANE; within these the profile's order.
    public var best: ScannerSighting { sightings[0] }

    /// Stays the same when the device is plugged in again or gets another address.
    public var id: String {
        if best.origin == .configured { return best.device.id }
        if let usb = sightings.lazy.compactMap(\.device.usbIdentity).first { return "usb:\(usb)" }
        return sightings.lazy.compactMap(\.uuid).first.map { "uuid:\($0)" } ?? best.device.address
    }

    public var name: String {
        best.origin == .configured
            ? best.device.name : sightings.lazy.compactMap(\.device.model).first ?? best.device.name
    }

    /// What may be written in `allow` and `deny` of a configuration to mean this scanner.
    public var names: [String] {
        sightings.flatMap { sighting in
            [sighting.device.usb, sighting.device.usbIdentity?.description, sighting.uuid, sighting.device.serial]
                .compactMap(\.self) + [sighting.device.name, sighting.device.address] + sighting.hosts
        } + [name]
    }

    /// Puts together what was seen of the same devices; two are one also where only a third tells so.
    ///
    /// - Parameter sightings: In order of preference where nothing else decides.
    /// - Returns: One for each device, in the order in which they were seen first.
    public static func grouped(_ sightings: [ScannerSighting]) -> [FoundScanner] {
        var groups: [[ScannerSighting]] = []
        for sighting in sightings {
            let (same, others) = (
                groups.filter { $0.contains { $0.isSameDevice(as: sighting) } },
                groups.filter { !$0.contains { $0.isSameDevice(as: sighting) } }
            )
            guard let first = same.first, let place = groups.firstIndex(of: first) else {
                groups.append([sighting])
                continue
            }
            groups = others
            groups.insert(same.flatMap(\.self) + [sighting], at: min(place, others.count))
        }
        return groups.map { group in
            let order = group.enumerated().sorted { first, second in
                (first.element.rank, first.offset) < (second.element.rank, second.offset)
            }
            return FoundScanner(sightings: order.map(\.element))
        }
    }
}

extension ScannerSighting {
    fileprivate var rank: Int {
        if origin == .configured { return 0 }
        return switch device.connection {
        case .escl: device.address.hasPrefix("https") ? 1 : 2
        case .esclUSB: 3
        case .sane: 4
        }
    }
}
