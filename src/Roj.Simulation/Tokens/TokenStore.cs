using Roj.Kernel;
using Roj.Simulation.Disk;
using Roj.Token;
using Roj.Token.Wire;

namespace Roj.Simulation.Tokens;

/// <summary>What a node keeps of the token on its disk: written beside, synced, then put in the old one's place.</summary>
internal sealed class TokenStore(Machine machine)
{
    private const string Folder = "token";
    private const string Name = Folder + "/pi";
    private const string Beside = Name + ".new";

    /// <summary>Reads what was kept; an empty memory if nothing was.</summary>
    /// <returns>False if the disk failed: a node does not start without it.</returns>
    public bool Read(out TokenMemory memory)
    {
        memory = new TokenMemory();
        if (machine.Disk.LengthOf(Name) is not { } length)
            return true;
        var bytes = new byte[length];
        if (machine.Disk.Read(Name, 0, bytes, out var read) is not DiskResult.Done || read != bytes.Length
            || MemoryCodec.TryRead(bytes, out var kept, out _) is not ReadStatus.Done)
        {
            return false;
        }

        memory = kept!;
        return true;
    }

    /// <summary>Keeps bytes; the machine may lose its power on the way.</summary>
    /// <param name="bytes">They.</param>
    /// <param name="ended">Told whether they survive whatever comes; never, if the machine's program ends before.</param>
    public void Keep(byte[] bytes, Action<bool> ended) => machine.After(machine.Disk.CostOfTransfer(bytes.Length), () =>
    {
        var isWritten = Write(bytes);
        machine.After(machine.Disk.CostOfSync(), () => ended(isWritten && Replace()));
    });

    private bool Write(byte[] bytes) =>
        (machine.Disk.Exists(Beside) || machine.Disk.Create(Beside) is DiskResult.Done)
            && machine.Disk.SetLength(Beside, 0) is DiskResult.Done
            && machine.Disk.Write(Beside, 0, bytes, out _) is DiskResult.Done;

    private bool Replace() =>
        machine.Disk.Sync(Beside) is DiskResult.Done
            && machine.Disk.Rename(Beside, Name) is DiskResult.Done
            && machine.Disk.SyncDirectory(Folder) is DiskResult.Done;
}
