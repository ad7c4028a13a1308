import Scanning

/// The capability document of the device that the virtual MFP is when it is not told to be another.
enum BuiltInDevice {
    static let document: [UInt8] = Array(
        """
        <?xml version="1.0" encoding="UTF-8"?>
        <scan:ScannerCapabilities xmlns:scan="http://schemas.hp.com/imaging/escl/2011/05/03" \
        xmlns:pwg="http://www.pwg.org/schemas/2010/12/sm">
        <pwg:Version>2.63</pwg:Version>
        <pwg:MakeAndModel>Blankett Virtual MFP</pwg:MakeAndModel>
        <pwg:SerialNumber>VMFP0001</pwg:SerialNumber>
        <scan:UUID>7c9e6679-7425-40de-944b-e07fc1f90ae7</scan:UUID>
        <scan:Platen>\(source("PlatenInputCaps", height: 3508, resolutions: [75, 100, 150, 200, 300, 600]))</scan:Platen>
        <scan:Adf>
        \(source("AdfSimplexInputCaps", height: 4200, resolutions: [75, 100, 150, 200, 300]))
        \(source("AdfDuplexInputCaps", height: 4200, resolutions: [75, 100, 150, 200, 300]))
        <scan:FeederCapacity>50</scan:FeederCapacity>
        <scan:AdfOptions><scan:AdfOption>DetectPaperLoaded</scan:AdfOption><scan:AdfOption>Duplex</scan:AdfOption>\
        </scan:AdfOptions>
        </scan:Adf>
        \(range("Brightness", 0, 1000, 2000))
        \(range("Contrast", 0, 1000, 2000))
        \(range("Threshold", 0, 128, 255))
        \(range("CompressionFactor", 0, 25, 100))
        </scan:ScannerCapabilities>

        """.utf8)

    private static func source(_ name: String, height: Int, resolutions: [Int]) -> String {
        """
        <scan:\(name)>
        <scan:MinWidth>300</scan:MinWidth><scan:MaxWidth>2550</scan:MaxWidth>
        <scan:MinHeight>300</scan:MinHeight><scan:MaxHeight>\(height)</scan:MaxHeight>
        <scan:MaxScanRegions>1</scan:MaxScanRegions>
        <scan:SettingProfiles><scan:SettingProfile>
        <scan:ColorModes><scan:ColorMode>BlackAndWhite1</scan:ColorMode><scan:ColorMode>Grayscale8</scan:ColorMode>\
        <scan:ColorMode>RGB24</scan:ColorMode></scan:ColorModes>
        <scan:DocumentFormats><pwg:DocumentFormat>image/jpeg</pwg:DocumentFormat>\
        <pwg:DocumentFormat>image/png</pwg:DocumentFormat>\
        <scan:DocumentFormatExt>image/jpeg</scan:DocumentFormatExt>\
        <scan:DocumentFormatExt>image/png</scan:DocumentFormatExt></scan:DocumentFormats>
        <scan:SupportedResolutions><scan:DiscreteResolutions>\(resolutions.map(resolution).joined())\
        </scan:DiscreteResolutions></scan:SupportedResolutions>
        </scan:SettingProfile></scan:SettingProfiles>
        </scan:\(name)>
        """
    }

    private static func resolution(_ dpi: Int) -> String {
        "<scan:DiscreteResolution><scan:XResolution>\(dpi)</scan:XResolution><scan:YResolution>\(dpi)</scan:YResolution>"
            + "</scan:DiscreteResolution>"
    }

    private static func range(_ name: String, _ minimum: Int, _ normal: Int, _ maximum: Int) -> String {
        "<scan:\(name)Support><scan:Min>\(minimum)</scan:Min><scan:Max>\(maximum)</scan:Max>"
            + "<scan:Normal>\(normal)</scan:Normal><scan:Step>1</scan:Step></scan:\(name)Support>"
    }
}
