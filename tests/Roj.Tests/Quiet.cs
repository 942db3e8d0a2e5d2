using System.Runtime.CompilerServices;

namespace Roj.Tests;

/// <summary>What tests start leaves nothing in the temporary directory, also when they kill it.</summary>
internal static class Quiet
{
    /// <summary>Every process that is started from here on has no sockets for a debugger: who is killed would leave three files.</summary>
    [ModuleInitializer]
    internal static void HaveNoDebuggersSockets() => Environment.SetEnvironmentVariable("DOTNET_EnableDiagnostics", "0");
}
