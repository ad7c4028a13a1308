import ESCLScanning
public import Foundation
import HTTP
public import HTTPClient
public import Scanning
public import Support
import USBDevices
import Workers

/// Opens a scanner, however it is reached: eSCL over the network, a socket or USB, or SANE in a worker.
public struct ScannerOpener: Sendable {
    private let folder: URL
    private let keys: KnownKeys
    private let transport: any HTTPTransport
    private let traces: TraceFolder?

    /// - Parameters:
    ///   - folder: Where certificates and begun jobs are remembered.
    ///   - traces: Where a failed scan leaves what was said; `nil` keeps nothing.
    public init(folder: URL, traces: TraceFolder? = nil) {
        self.folder = folder
        self.traces = traces
        keys = KnownKeys(file: folder.appending(path: "scanner-keys.json"))
        transport = IPPOverUSBTransport(network: DeviceTransport(keys))
    }

    /// The certificate of a device that is reached over HTTPS; `nil` for all others.
    public func certificate(of device: DeviceDescription) -> DeviceCertificate? {
        DeviceCertificate(address: device.address, keys: keys, device: ownID(of: device))
    }

    /// Makes a scanner; it is not yet asked anything.
    ///
    /// - Parameter device: Its address decides.
    /// - Returns: The scanner.
    /// - Throws: ``BlankettError`` `bad-address`.
    public func scanner(_ device: DeviceDescription) throws(BlankettError) -> any Scanning.Scanner {
        switch device.connection {
        case .sane:
            var configuration = ScanWorkerScanner.Configuration(traces: traces)
            let address = try SaneAddress(device.address)
            if let identity = address.usbIdentity {
                // Best effort: the next driver says what is wrong with a device that does not come back.
                configuration.resetDevice = { try? USBDevice.reset(identity) }
            }
            // What sane-airscan cannot do for its eSCL devices, our own client can.
            if let root = address.esclRoot {
                configuration.aftercare = try ESCLAftercare(
                    address: root, transport: transport, unfinished: UnfinishedBatch(folder: folder, device: root))
            }
            return try ScanWorkerScanner(device, configuration)
        case .escl, .esclUSB:
            return try ESCLScanner(
                device: device, transport: transport(to: device),
                openJobs: OpenJobs(folder: folder, device: device.address),
                traces: traces)
        }
    }

    /// By which a device that announces itself is known wherever the network puts it.
    private func ownID(of device: DeviceDescription) -> String? {
        device.address.hasPrefix("https://") && device.id.hasPrefix("uuid:") ? device.id : nil
    }

    private func transport(to device: DeviceDescription) -> any HTTPTransport {
        ownID(of: device).map { DeviceTransport(keys, device: $0) } ?? transport
    }
}
