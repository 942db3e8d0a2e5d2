using System.Text;
using FsCheck;
using FsCheck.Fluent;
using Roj.Kernel;
using Roj.Log;
using Xunit;

namespace Roj.Tests.Log;

/// <summary>Whatever is done to a log, it says what a sorted dictionary says.</summary>
public sealed class LogPropertyTests
{
    [Fact]
    public void It_is_a_dictionary() => FsCheck.Check.One(
        Config.QuickThrowOnFailure.WithMaxTest(300).WithEndSize(300),
        Prop.ForAll(ArbMap.Default.ArbFor<byte[]>(), IsADictionary));

    private static bool IsADictionary(byte[] deeds)
    {
        foreach (var (hashBits, recent) in ((int, int)[])[(1, 0), (1, 3), (64, 0), (64, 5), (64, 1024)])
        {
            var settings = LogLab.Small with { HashBits = hashBits, DeadPercent = 1, PreallocateBytes = 300, RecentMax = recent };
            var lab = new LogLab(settings);
            var twin = new SortedDictionary<string, string>(StringComparer.Ordinal);
            var rng = new Rng((ulong)deeds.Length);
            foreach (var deed in deeds)
            {
                Do(lab, twin, deed, rng);
                if (deed % 7 == 0 && !Agree(lab, twin))
                    return false;
            }

            if (lab.Log.IsDirty)
                lab.Commit();
            lab.Settle();
            lab.Open();
            if (!Agree(lab, twin))
                return false;
        }

        return true;
    }

    private static void Do(LogLab lab, SortedDictionary<string, string> twin, byte deed, Rng rng)
    {
        var key = $"key{rng.Next(12)}";
        switch (deed % 16)
        {
            case < 8:
                twin[key] = new string((char)('a' + rng.Next(26)), deed * 4);
                lab.Put(key, twin[key]);
                break;
            case < 10:
                twin.Remove(key);
                lab.Remove(key);
                break;
            case < 13:
                if (lab.Log.IsDirty)
                    lab.Commit();
                break;
            case < 15:
                lab.Log.Compact(deed * 20 + 1);
                break;
            default:
                while (lab.Log.IsDirty)
                    lab.Commit();
                lab.Open();
                break;
        }
    }

    private static bool Agree(LogLab lab, SortedDictionary<string, string> twin) =>
        Enumerable.Range(0, 12).All(i => lab.Get($"key{i}") == twin.GetValueOrDefault($"key{i}"))
        && Enumerable.Range(0, 12).All(i => HeadOf(lab, $"key{i}", 3 * i) == Head(twin.GetValueOrDefault($"key{i}"), 3 * i))
        && lab.Log.Figures.Keys == twin.Count
        && lab.Listed().Order(StringComparer.Ordinal).SequenceEqual(twin.Keys);

    private static string? HeadOf(LogLab lab, string key, int length) =>
        lab.Log.FindHead(Encoding.UTF8.GetBytes(key), length, out var head) is LogFinding.Found
            ? Encoding.UTF8.GetString(head.Span) : null;

    private static string? Head(string? value, int length) => value?[..Math.Min(length, value.Length)];
}
