public import Forms
import Foundation
import Reading
public import Teaching
import Support

/// Proves a form: has filled copies drawn, reads them as any page is read, and counts.
public struct SelfTest: Sendable {
    private let package: FormPackage
    private let models: String?
    private let worker: String?
    private let niceness: Int

    /// - Parameters:
    ///   - package: The form.
    ///   - models: Folder with the models; the worker's own default when `nil`.
    ///   - worker: Path of the read-worker; beside the running program when `nil`.
    ///   - niceness: How far behind others it stands when the computer is busy, 0...19.
    public init(of package: FormPackage, models: String? = nil, worker: String? = nil, niceness: Int = 0) {
        self.package = package
        self.models = models
        self.worker = worker
        self.niceness = niceness
    }

    /// Goes through all copies; cancelling ends it.
    ///
    /// - Parameters:
    ///   - copies: How many.
    ///   - seed: The same gives the same copies.
    ///   - progress: Called with the number of copies that are done.
    /// - Returns: What came out.
    /// - Throws: ``BlankettError`` when a worker failed.
    public func run(
        copies: Int, seed: UInt64, progress: @Sendable (Int) async -> Void = { _ in }
    ) async throws -> Certificate {
        var certificate = Certificate(
            package.template, package: package.fingerprint, seed: seed, made: .now)
        let folder = package.folder.path(percentEncoded: false)
        var printInside: [String: Double] = [:]
        var setting = ReadWorker.Configuration(
            program: worker, forms: [folder], models: models, environment: ReadWorkerEnvironment.withoutCache)
        setting.niceness = niceness
        let reader = ReadWorker(setting)
        let desk = SpecimenDesk(maker: SpecimenMaker(program: worker, niceness: niceness))
        do {
            for number in 0..<copies {
                try Task.checkCancellation()
                let hand = Specimen.Hand.allCases[number % Specimen.Hand.allCases.count]
                let look = SpecimenRequest.Look.allCases[number % SpecimenRequest.Look.allCases.count]
                let own = seed &* 1000 &+ UInt64(number)
                let copy = try await desk.copy(
                    SpecimenRequest(package: folder, hand: hand, look: look, seed: own))
                printInside = copy.printInside
                count(
                    try await read(copy, with: reader), Specimen(of: package.template, hand: hand, seed: own),
                    "\(number + 1) \(hand) \(look.rawValue)", &certificate)
                await progress(number + 1)
            }
        } catch {
            await reader.stop()
            throw error
        }
        await reader.stop()
        certificate.advise(printInside: printInside)
        return certificate
    }

    private func read(_ copy: SpecimenCopy, with reader: ReadWorker) async throws -> [DocumentReading] {
        var assembler = DocumentAssembler(templates: [package.template])
        var documents: [DocumentReading] = []
        for (index, page) in copy.pages.enumerated() {
            for read in try await reader.read([UInt8](page), source: "page-\(index + 1)", options: ReadOptions()) {
                documents += assembler.add(read.result)
            }
        }
        return documents + assembler.finish()
    }

    private func count(
        _ documents: [DocumentReading], _ specimen: Specimen, _ copy: String, _ certificate: inout Certificate
    ) {
        certificate.copies += 1
        guard documents.count == 1, documents[0].form?.key == certificate.form,
            [.read, .needsReview].contains(documents[0].outcome)
        else {
            let outcomes = documents.map(\.outcome.rawValue).joined(separator: ", ")
            certificate.notIdentified.append("\(copy): \(outcomes)")
            return
        }
        for (name, written) in specimen.values.sorted(by: { $0.key < $1.key }) {
            guard let field = documents[0].fields.first(where: { $0.name == name }) else { continue }
            certificate.count(
                name, written: written, read: field.value, isCertain: field.status == .read || field.status == .empty,
                reason: field.reason, copy: copy)
        }
    }
}

/// Waits for the drawing of a copy on a thread of its own.
private actor SpecimenDesk {
    private let executor = BlockingExecutor(label: "specimens")
    private let maker: SpecimenMaker

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe executor.asUnownedSerialExecutor() }

    init(maker: SpecimenMaker) {
        self.maker = maker
    }

    func copy(_ request: SpecimenRequest) throws -> SpecimenCopy { try maker.copy(request) }
}
