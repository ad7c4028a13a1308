import Foundation
import TechnicianApp

let technician = Technician(environment: ProcessInfo.processInfo.environment)
exit(await technician.runInterruptibly(Array(CommandLine.arguments.dropFirst())))
