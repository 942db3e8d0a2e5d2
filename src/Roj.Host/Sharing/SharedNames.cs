using System.Text;
using Roj.Agreement;
using Roj.Files.Metadata;
using Roj.Host.Daemon;
using Roj.Kernel;

namespace Roj.Host.Sharing;

/// <summary>Under which name which file was shared in a turn, where a cluster agrees by majority: a register for each name, which refuses
/// whoever comes from an earlier turn, whatever node he is at.</summary>
/// <param name="shell">The node.</param>
internal sealed class SharedNames(MemberShell shell)
{
    /// <summary>Writes down that a file is shared; a node that takes no part in agreement has nothing to write to.</summary>
    /// <exception cref="FileException">A later turn has shared one of that name, or nobody knows.</exception>
    public async Task WriteAsync(InfoDictionary info, Fence fence)
    {
        var register = new RegisterName(Encoding.UTF8.GetBytes($"file/{info.Name}"));
        var change = new RegisterChange.Set(Encoding.ASCII.GetBytes($"{info.InfoHash}")) { Fence = fence };
        var asked = await shell.AskAsync((_, _) => shell.Wings.Agreement?.Service?.AskAsync(register, change));
        if (asked is not null && await asked is { Applied: not Applied.Yes, Refusal: var refusal })
            throw Refused(info.Name, fence, refusal);
    }

    private static FileException Refused(string name, Fence fence, Refusal refusal) => refusal switch
    {
        Refusal.Fenced => new FileException(
            FileProblem.Fenced, $"{name} is not shared: {fence.ToText()} is over, a later turn has shared a file of that name"),
        Refusal.TooManyFences => new FileException(
            FileProblem.TooMany, $"a file's name takes fences of {Content.FencesMax} tokens at most"),
        _ => new FileException(
            FileProblem.Unagreed, $"{name} is not shared: no majority says whether {fence.ToText()} is over: {refusal}"),
    };
}
