import AgentApp
import Foundation
import Scanners
import Scanning
import Support

extension ScannerWatch {
    /// The watch over real scanners, as the configuration wants it.
    static func real(_ configuration: AgentConfiguration, profiles: DeviceProfileStore, opener: ScannerOpener) -> Self {
        var places: Set<ScannerSearch.Place> = []
        if configuration.discovery.usb { places.insert(.usb) }
        if configuration.discovery.network { places.insert(.network) }
        let shipped = DeviceProfileLibrary.shippedFolder(environment: ProcessInfo.processInfo.environment)
        let folders = configuration.profileFolders + [shipped].compactMap(\.self)
        let search = ScannerSearch(
            in: places, table: SaneDeviceTable(folders: folders), profilesChanged: profiles.changes
        ) {
            await profiles.library
        }
        return ScannerWatch(
            configured: configuration.scanners, rules: configuration.discovery, profiles: profiles,
            open: { try opener.scanner($0) }, certificate: { opener.certificate(of: $0) },
            search: { changed, looked in
                await search.run(changed) { place, error in looked(place.rawValue, error) }
            })
    }
}
