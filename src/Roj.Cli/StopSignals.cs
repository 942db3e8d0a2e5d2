using System.Runtime.InteropServices;

namespace Roj.Cli;

/// <summary>While this lives, SIGTERM, SIGINT (Ctrl-C) and such other signals as are named ask for the end, instead of being it.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly PosixSignalRegistration[] registrations;

    public StopSignals(Action stop, params PosixSignal[] others)
    {
        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop();
        }

        registrations =
        [
            .. others.Prepend(PosixSignal.SIGTERM).Prepend(PosixSignal.SIGINT).Select(one => PosixSignalRegistration.Create(one, Stop)),
        ];
    }

    /// <inheritdoc/>
    public void Dispose() => Array.ForEach(registrations, one => one.Dispose());
}
