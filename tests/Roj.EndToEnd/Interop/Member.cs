namespace Roj.EndToEnd.Interop;

/// <summary>A program that takes part in a swarm, on a host of its own, at port 6881.</summary>
internal abstract class Member
{
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(50);

    // What the shell calls the end by SIGSEGV.
    private const int Crashed = 128 + 11;

    private readonly Judge judge;
    private bool hasCrashed;

    /// <summary>Puts into the host what the program begins with.</summary>
    protected Member(LabHost host, Outfit outfit)
    {
        Host = host;
        Outfit = outfit;
        Data = Path.Combine(host.Directory, Torrent.Name);
        judge = new Judge(outfit.Torrent.File, Data);
        if (outfit.HasFile)
            File.WriteAllBytes(Data, outfit.Torrent.File.Bytes);
    }

    /// <summary>Where it runs.</summary>
    public LabHost Host { get; }

    /// <summary>The program, as it was started last.</summary>
    public LabProcess Process { get; private set; } = null!;

    /// <summary>What it began with.</summary>
    protected Outfit Outfit { get; }

    /// <summary>Its copy of the file.</summary>
    protected string Data { get; }

    /// <summary>Starts it; it must not be running.</summary>
    public void Start() => Process = Launch();

    /// <summary>Starts all of them, in this order.</summary>
    public static void StartAll(params IEnumerable<Member> members)
    {
        foreach (var member in members)
            member.Start();
    }

    /// <summary>Waits until its copy is right: the length, and the SHA-256 of all of it.</summary>
    /// <exception cref="LabException">It is not within <paramref name="limit"/>, or it or one of <paramref name="company"/> has
    /// ended.</exception>
    public async Task GetsItAsync(TimeSpan limit, params IReadOnlyList<Member> company)
    {
        var end = DateTime.UtcNow + limit;
        while (!judge.IsRight())
        {
            if (company.Prepend(this).FirstOrDefault(member => member.Process.EndedByItself && !member.Revive()) is { } gone)
                throw new LabException($"{gone} has ended with exit code {gone.Process.ExitCode}");
            if (DateTime.UtcNow > end)
                throw new LabException($"not within {limit.TotalSeconds} s: the file of {this} {judge.Difference() ?? "is right now"}");
            await Task.Delay(BetweenLooks).ConfigureAwait(false);
        }
    }

    /// <summary>Waits until at least one in <paramref name="oneIn"/> bytes of its copy is right, and not yet all.</summary>
    public Task HasSomeAsync(int oneIn, TimeSpan limit) => Poll.UntilAsync(
        () => RightParts() is var right && right * oneIn >= Outfit.Torrent.File.PartCount,
        limit,
        $"a part of the file of {this}");

    /// <summary>How many parts of its copy are right.</summary>
    public int RightParts()
    {
        if (!File.Exists(Data))
            return 0;
        using var data = File.OpenRead(Data);
        var file = Outfit.Torrent.File;
        var buffer = new byte[file.PartBytes];
        var right = 0;
        for (var part = 0; part < file.PartCount; part++)
        {
            var expected = file.Part(part);
            var count = data.ReadAtLeast(buffer.AsSpan(0, expected.Length), expected.Length, throwOnEndOfStream: false);
            right += buffer.AsSpan(0, count).SequenceEqual(expected) ? 1 : 0;
        }

        return right;
    }

    /// <summary>The program and its address.</summary>
    public sealed override string ToString() => $"{GetType().Name} at {Host.Address}";

    /// <summary>Starts the program.</summary>
    protected abstract LabProcess Launch();

    /// <summary>Begins again once if it crashed: libtorrent 2.0.8 does so once in some hundred runs, and goes on where it was. A crash that
    /// we cause comes again.</summary>
    private bool Revive()
    {
        if (hasCrashed || this is RojMember || Process.ExitCode != Crashed)
            return false;
        hasCrashed = true;
        Console.WriteLine($"{this} has crashed, and is begun again");
        Start();
        return true;
    }

    /// <summary>What a foreign program is told to get or share: the path of a .torrent, or a magnet link.</summary>
    protected string Source()
    {
        if (Outfit.Knows == Knowledge.Name)
            return Outfit.Torrent.Magnet(Outfit.Announce);
        if (Outfit.MetainfoPath is { } given)
            return given;
        var path = Path.Combine(Host.Directory, "it.torrent");
        File.WriteAllBytes(path, Outfit.Torrent.Metainfo(Outfit.Announce));
        return path;
    }
}
