import COpenCV
package import Imaging
package import Support

extension PageImage {
    /// The picture laid otherwise; where it is shrunk much, areas are averaged.
    ///
    /// - Parameters:
    ///   - map: From pixels of the result to pixels of this picture, the first pixel's centre at (0, 0).
    ///   - width: Of the result, in pixels.
    ///   - height: Of the result, in pixels.
    ///   - ground: What lies beyond this picture's edges.
    /// - Returns: The result, without a resolution.
    /// - Throws: What OpenCV throws.
    package func warped(by map: Homography, width: Int, height: Int, ground: UInt8 = 255) throws -> PageImage {
        var result = [UInt8](repeating: ground, count: width * height * channels.rawValue)
        try check(
            copencv_warp(
                pixels, Int32(self.width), Int32(self.height), Int32(channels.rawValue), map.m, &result, Int32(width),
                Int32(height), ground))
        return PageImage(width: width, height: height, channels: channels, pixels: result)
    }
}
