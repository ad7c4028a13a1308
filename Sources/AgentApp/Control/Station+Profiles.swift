public import Scanning
import Support

extension Station {
    /// What `profiles` has in force, and what it means for each scanner of this station.
    ///
    /// - Parameter profiles: The station's.
    /// - Returns: No contents of forms; every scanner is asked.
    public nonisolated func view(of profiles: DeviceProfileStore) async -> ProfilesView {
        var views: [ProfilesView.Device] = []
        for device in await devices {
            var view = ProfilesView.Device(id: device.id)
            do {
                view.scans = try await device.profiles()
                let known = try await device.known()
                view.profile = known?.name
                view.version = known?.version
            } catch {
                view.code = (error as? BlankettError)?.code ?? "scanner-unreachable"
            }
            views.append(view)
        }
        let entries = await profiles.entries
        return ProfilesView(
            devices: views, files: entries.map(ProfilesView.File.init),
            problems: await profiles.problems.map(\.description))
    }
}
