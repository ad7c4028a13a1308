public import Forms
public import Imaging
public import Reading

extension VisionFormIdentifier {
    private func page(
        _ image: PageImage, _ scan: GrayPage, _ registration: Registration
    ) throws -> VisionRegisteredPage {
        try page(image, scan, registration, letters: replacedLetters(registration, on: scan))
    }

    public func register(_ image: PageImage, to form: FormKey) throws -> (any RegisteredPage)? {
        guard min(image.width, image.height) >= 250 else { return nil }
        var nearest: (scan: GrayPage, registration: Registration)?
        for resolution in resolutions(of: image) {
            let scan = try GrayPage(image, pixelsPerMillimetre: (resolution / 25.4, resolution / 25.4))
            let search = Search(scan: scan, index: index, form: form.id, version: form.version)
            if let found = try search.run() { return try page(image, scan, found.registration) }
            if let candidate = search.nearest,
                candidate.proof.explained > nearest?.registration.proof.explained ?? 0
            {
                nearest = (scan, candidate)
            }
        }
        return try nearest.map { try page(image, $0.scan, $0.registration) }
    }
}
