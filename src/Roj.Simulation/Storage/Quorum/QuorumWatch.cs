using Roj.Kernel;
using Roj.Simulation.Agreement;
using Roj.Simulation.Swarms;
using Roj.Storage;

namespace Roj.Simulation.Storage.Quorum;

/// <summary>What must hold of each answer, whatever order all of them are in.</summary>
internal sealed class QuorumWatch(Sights sights)
{
    private readonly SortedDictionary<(string Register, ulong Version), string> values = [];
    private readonly SortedDictionary<(string Register, ulong Version), Fence> fences = [];
    private readonly SortedDictionary<string, long> ends = new(StringComparer.Ordinal);
    private readonly SortedDictionary<int, ulong> epochs = [];
    private readonly SortedDictionary<StorageKey, ulong> told = []; // the greatest version of each key
    private ulong lastEpoch;

    /// <summary>A value is to be written that ends.</summary>
    public void Ends(string value, long unix) => ends[value] = unix;

    /// <summary>A right to write, of whoever may have lost it to another since.</summary>
    /// <param name="holder">Who writes.</param>
    /// <param name="isNew">Whether he takes it from who had it.</param>
    /// <param name="number">The how manieth thing this is that he does.</param>
    public Fence FenceOf(int holder, bool isNew, int number)
    {
        if (isNew || !epochs.ContainsKey(holder))
            epochs[holder] = ++lastEpoch;
        return new Fence("lease", epochs[holder], (ulong)number);
    }

    /// <summary>A key was seen to hold something.</summary>
    /// <param name="register">The key.</param>
    /// <param name="value">What; null for nothing.</param>
    /// <param name="version">At which version; 0 if that was not told.</param>
    /// <param name="unix">What the clock of who answers showed when it was asked.</param>
    public void Shows(string register, string? value, ulong version, long unix)
    {
        if (value is null)
            return;
        // Whoever goes by versions takes two things at one for the same thing.
        if (version > 0 && !values.TryAdd((register, version), value))
            Require(
                values[(register, version)] == value,
                $"K4: version {version} of {register} was {values[(register, version)]} and is {value}");
        Require(!(ends.GetValueOrDefault(value, long.MaxValue) <= unix), $"{value} is shown in {register} though its time is over");
    }

    /// <summary>Whoever watches is told that a key is at a version.</summary>
    public void Told(StorageKey key, ulong version) => told[key] = Math.Max(ToldOf(key), version);

    /// <summary>The greatest version of a key that was told; 0 for none.</summary>
    public ulong ToldOf(StorageKey key) => told.GetValueOrDefault(key);

    /// <summary>A key was read: whoever was told of a change before sees that, or what came since.</summary>
    /// <param name="key">The key.</param>
    /// <param name="version">At which version; 0 if that was not told.</param>
    /// <param name="before">What had been told when it was asked for.</param>
    public static void Reads(StorageKey key, ulong version, ulong before) =>
        Require(version == 0 || version >= before, $"K4: {key} was told to be at version {before}, and is read at {version} after that");

    /// <summary>A change was acknowledged: it was told to whoever watches.</summary>
    public void Acknowledged(StorageKey key, ulong version) =>
        Require(ToldOf(key) >= version, $"version {version} of {key} is acknowledged, and nobody is told but of {ToldOf(key)}");

    /// <summary>What was to be written at one version only was written.</summary>
    public void Followed(string register, ulong before, ulong version)
    {
        sights.Saw("something is written at one version only");
        Require(version == before + 1, $"K4: {register} was to be written at version {before}, and is at {version} by that");
    }

    /// <summary>Something was written under a fence.</summary>
    public void Wrote(string register, ulong version, Fence fence)
    {
        sights.Saw("something is written under a fence");
        fences[(register, version)] = fence;
    }

    /// <summary>Whether a fence went back: what is wrong, null if nothing is.</summary>
    public string? Breach()
    {
        foreach (var register in fences.Keys.Select(key => key.Register).Distinct())
        {
            Fence? last = null;
            foreach (var ((_, version), fence) in fences.Where(one => one.Key.Register == register))
            {
                if (last is { } before && fence.IsBefore(before))
                    return $"a fence went back: {fence} wrote version {version} of {register}, behind {before}";
                last = fence;
            }
        }

        return null;
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
            throw new BrokenInvariantException(otherwise);
    }
}
