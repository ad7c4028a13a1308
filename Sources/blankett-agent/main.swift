import Foundation
import KioskApp
import Support

let program = Program(.agent, environment: ProcessInfo.processInfo.environment)
exit(await program.run(Array(CommandLine.arguments.dropFirst())).rawValue)
