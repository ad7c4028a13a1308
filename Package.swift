// swift-tools-version: 6.3
import PackageDescription

let opencv = ["opencv_core", "opencv_imgproc", "opencv_features2d", "opencv_calib3d", "opencv_dnn"]

// Targets that may touch raw pointers. Anywhere else it is a compile error.
let wrappers: Set = [
    "Certificates", "Support", "HTTPServer", "HTTPClient", "SQLiteStore", "PostgresStore", "Sealing", "ImageCodecs",
    "ESCLScanning", "SANEScanning", "USBDevices", "NetworkDiscovery", "VisionReading", "TesseractReading",
    "BarcodeReading",
]

// The rows of docs/DESIGN.md: a target imports only from rows below its own (Tests/LayerTests holds them as data).
let cModules: [Target] = [
    .systemLibrary(name: "CSANE", providers: [.apt(["libsane-dev"])]),
    .systemLibrary(name: "CTesseract", pkgConfig: "tesseract", providers: [.apt(["libtesseract-dev"])]),
    .systemLibrary(name: "CLeptonica", pkgConfig: "lept", providers: [.apt(["libleptonica-dev"])]),
    .systemLibrary(name: "CMicroHTTPD", pkgConfig: "libmicrohttpd", providers: [.apt(["libmicrohttpd-dev"])]),
    .systemLibrary(name: "CGnuTLS", providers: [.apt(["libgnutls28-dev"])]),
    .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
    .systemLibrary(name: "CPostgres", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
    .systemLibrary(name: "CAvahi", pkgConfig: "avahi-client", providers: [.apt(["libavahi-client-dev"])]),
    .systemLibrary(name: "CXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CUSB", pkgConfig: "libusb-1.0", providers: [.apt(["libusb-1.0-0-dev"])]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CSodium", pkgConfig: "libsodium", providers: [.apt(["libsodium-dev"])]),
    .target(
        name: "COpenCV",
        cxxSettings: [.unsafeFlags(["-I/usr/include/opencv4", "-O2"])],
        linkerSettings: opencv.map { .linkedLibrary($0) }),
    .target(name: "COneDNN", cxxSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("dnnl")]),
    .target(name: "CProcess"),
    .target(name: "CZXing", cxxSettings: [.unsafeFlags(["-O2"])], linkerSettings: [.linkedLibrary("ZXing")]),
]

let vocabulary: [Target] = [
    .target(name: "Support", dependencies: ["CNettle", "CProcess", "CSodium"]),
    .target(name: "Imaging", dependencies: ["Support"]),
    .target(name: "HTTP", dependencies: ["Support"]),
]

let domain: [Target] = [
    .target(name: "Scanning", dependencies: ["Support", "Imaging"]),
    .target(name: "Forms", dependencies: ["Support"]),
    .target(name: "Reading", dependencies: ["Support", "Imaging", "Forms"]),
    .target(name: "Teaching", dependencies: ["Support", "Forms"]),
    .target(name: "Delivery", dependencies: ["Support", "HTTP", "Forms", "Reading"]),
    .target(name: "Records", dependencies: ["Support", "HTTP", "Delivery"]),
    .target(name: "Evidence", dependencies: ["Support", "Imaging", "Delivery"]),
]

let adapters: [Target] = [
    .target(name: "ImageCodecs", dependencies: ["Support", "Imaging", "CLeptonica"]),
    .target(name: "Sealing", dependencies: ["Support", "CSodium"]),
    .target(name: "Certificates", dependencies: ["Support", "CGnuTLS"]),
    .target(name: "HTTPServer", dependencies: ["Support", "HTTP", "CMicroHTTPD"]),
    .target(name: "HTTPClient", dependencies: ["Support", "HTTP", "CCurl"]),
    .target(name: "SQLiteStore", dependencies: ["Support", "Records", "CSQLite"]),
    .target(name: "PostgresStore", dependencies: ["Support", "Records", "CPostgres"]),
    .target(name: "ESCLScanning", dependencies: ["Support", "Imaging", "HTTP", "Scanning", "CXML2"]),
    .target(name: "SANEScanning", dependencies: ["Support", "Imaging", "Scanning", "CSANE"]),
    .target(name: "USBDevices", dependencies: ["Support", "HTTP", "Scanning", "CUSB"]),
    .target(name: "NetworkDiscovery", dependencies: ["Support", "Scanning", "CAvahi"]),
    .target(name: "Workers", dependencies: ["Support", "Imaging", "Scanning", "Forms", "Reading", "Teaching"]),
    .target(name: "TesseractReading", dependencies: ["Support", "Imaging", "Reading", "CTesseract"]),
    .target(
        name: "VisionReading",
        dependencies: ["Support", "Imaging", "Forms", "Reading", "Teaching", "COneDNN", "COpenCV"],
        resources: [.copy("Models")]),
    .target(name: "BarcodeReading", dependencies: ["Support", "Imaging", "Reading", "CZXing"]),
]

let apps: [Target] = [
    .target(
        name: "Scanners",
        dependencies: [
            "Support", "HTTP", "Scanning", "HTTPClient", "ESCLScanning", "USBDevices", "NetworkDiscovery", "Workers",
        ]),
    .target(name: "Connectors", dependencies: ["Support", "HTTP", "Delivery", "HTTPClient"]),
    .target(
        name: "ReadingApp",
        dependencies: [
            "Support", "Imaging", "Forms", "Reading", "Teaching", "ImageCodecs", "TesseractReading", "VisionReading",
            "BarcodeReading",
        ]),
    .target(
        name: "BridgeApp",
        dependencies: [
            "Support", "HTTP", "Forms", "Delivery", "Connectors", "Evidence", "Records", "HTTPServer", "HTTPClient",
            "SQLiteStore", "PostgresStore", "Sealing", "Certificates",
        ],
        resources: [.copy("API")]),
    .target(
        name: "VirtualMFP",
        dependencies: ["Support", "Imaging", "HTTP", "Scanning", "HTTPServer", "ESCLScanning", "ImageCodecs"]),
    .target(
        name: "AgentApp",
        dependencies: [
            "Support", "Imaging", "HTTP", "Scanning", "Forms", "Reading", "Teaching", "Delivery", "HTTPClient",
            "SQLiteStore", "Sealing", "Certificates", "ESCLScanning", "Workers",
        ]),
    .target(
        name: "KioskApp",
        dependencies: [
            "Support", "HTTP", "HTTPServer", "HTTPClient", "Sealing", "Certificates", "Workers", "Scanning", "Forms",
            "Reading", "Teaching", "Delivery", "Scanners", "AgentApp",
        ],
        resources: [.copy("Web")]),
    .target(
        name: "TechnicianApp",
        dependencies: [
            "Support", "Imaging", "HTTP", "Scanning", "Forms", "Reading", "Teaching", "Delivery", "HTTPClient",
            "Sealing", "Evidence",
            "ESCLScanning", "Workers", "Scanners",
        ]),
]

let programs: [Target] = [
    .executableTarget(name: "blankett", dependencies: ["Support", "TechnicianApp"]),
    .executableTarget(name: "blankett-agent", dependencies: ["KioskApp", "Support"]),
    .executableTarget(name: "blankett-bridge", dependencies: ["BridgeApp", "Support"]),
    .executableTarget(name: "blankett-read-worker", dependencies: ["ReadingApp"]),
    .executableTarget(name: "blankett-scan-worker", dependencies: ["SANEScanning", "ImageCodecs"]),
    .executableTarget(name: "virtual-mfp", dependencies: ["Support", "VirtualMFP"]),
]

let tests: [Target] = [
    .target(name: "TestSupport", dependencies: ["Support"], path: "Tests/TestSupport"),
    .testTarget(name: "LayerTests"),
    .target(
        name: "FuzzEntries",
        dependencies: ["Support", "Imaging", "Forms", "Reading", "Scanning", "ESCLScanning", "ImageCodecs"],
        path: "Tests/FuzzEntries"),
    .testTarget(
        name: "FuzzTests", dependencies: ["FuzzEntries", "Support", "TestSupport"], exclude: ["Corpus"]),
    .testTarget(name: "SupportTests", dependencies: ["Support", "HTTP", "TestSupport"]),
    .testTarget(name: "FormsTests", dependencies: ["Forms", "Support", "TestSupport"]),
    .testTarget(
        name: "ScanningTests",
        dependencies: [
            "Scanning", "ESCLScanning", "VirtualMFP", "HTTP", "HTTPClient", "HTTPServer", "Imaging", "ImageCodecs",
            "Sealing", "Support", "TestSupport",
        ], exclude: ["Snapshots"]),
    .testTarget(
        name: "ScannersTests",
        dependencies: [
            "Scanners", "USBDevices", "NetworkDiscovery", "SANEScanning", "Scanning", "ESCLScanning", "VirtualMFP",
            "HTTP", "HTTPClient", "HTTPServer", "Imaging", "ImageCodecs", "Support", "TestSupport",
        ], exclude: ["rig"]),
    .testTarget(
        name: "WorkersTests",
        dependencies: [
            "Workers", "AgentApp", "Scanning", "Forms", "Reading", "Imaging", "ImageCodecs", "ESCLScanning", "HTTP",
            "HTTPClient", "Sealing", "Support", "TestSupport",
        ],
        exclude: ["fake-read-worker", "lonely-client"]),
    .testTarget(
        name: "ReadingTests",
        dependencies: [
            "Reading", "Forms", "Imaging", "ImageCodecs", "TesseractReading", "VisionReading", "BarcodeReading",
            "ReadingApp", "Evidence", "Support", "TestSupport", "COneDNN",
        ],
        exclude: [
            "LineModel/line-320.json", "LineModel/line-320.png", "LineModel/line-608.json", "LineModel/line-608.png",
        ]),
    .testTarget(
        name: "TeachingTests",
        dependencies: ["Teaching", "Forms", "Imaging", "ImageCodecs", "VisionReading", "Support", "TestSupport"]),
    .testTarget(
        name: "BridgeTests",
        dependencies: [
            "BridgeApp", "Certificates", "Connectors", "Delivery", "Evidence", "Records", "HTTP", "HTTPClient",
            "HTTPServer", "SQLiteStore", "PostgresStore", "Sealing", "Forms", "Reading", "Imaging", "ImageCodecs",
            "Support",
            "TestSupport",
        ]),
    .testTarget(
        name: "AgentTests",
        dependencies: [
            "AgentApp", "KioskApp", "Delivery", "Reading", "Forms", "Teaching", "Scanning", "HTTP", "HTTPClient",
            "HTTPServer", "SQLiteStore", "Sealing", "Imaging", "VirtualMFP", "Support", "TestSupport",
        ]),
    .testTarget(
        name: "RoadTests",
        dependencies: [
            "Support", "HTTP", "HTTPClient", "HTTPServer", "Delivery", "Reading", "Forms", "Imaging", "ImageCodecs",
            "TestSupport",
        ]),
]

// Only scripts/fuzz builds it: it needs the compiler's counters and libFuzzer.
let fuzzing: [Target] =
    Context.environment["BLANKETT_FUZZ"] == nil
    ? []
    : [
        .systemLibrary(name: "CFuzzer", path: "Tests/CFuzzer"),
        .executableTarget(name: "blankett-fuzz", dependencies: ["CFuzzer", "FuzzEntries"], path: "Tests/Fuzz"),
    ]

let package = Package(
    name: "Blankett",
    defaultLocalization: "sv",
    targets: cModules + vocabulary + domain + adapters + apps + programs + tests + fuzzing,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)

// One place for compiler settings, so that targets cannot drift apart.
let pureC: Set = ["COpenCV", "CProcess", "CZXing"]
for target in package.targets where target.type != .system && !pureC.contains(target.name) {
    target.swiftSettings = [
        .treatAllWarnings(as: .error),
        .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
        .enableUpcomingFeature("MemberImportVisibility"),
        .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    ]
    if target.type == .regular, !wrappers.contains(target.name) { target.swiftSettings?.append(.strictMemorySafety()) }
}
