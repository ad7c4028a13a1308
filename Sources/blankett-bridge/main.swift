import BridgeApp
import Foundation
import Support

let program = BridgeProgram(environment: ProcessInfo.processInfo.environment)
exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
