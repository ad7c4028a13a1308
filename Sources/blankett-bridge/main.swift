import BridgeApp
import Foundation
import Support

exit(await BridgeProgram().run(Array(CommandLine.arguments.dropFirst())).rawValue)
