using System.Globalization;
using System.Text;
using Roj.Host.Daemon;
using Roj.Host.Disk;
using Roj.Kernel;

namespace Roj.Host.Election;

/// <summary>The greatest term that a node has heard of, in <c>term</c> of its data directory: it never falls, restarts included.</summary>
/// <remarks>One line: the mode, the counter, the leader. Of another mode's terms nothing carries over: their counters are other
/// counters.</remarks>
/// <param name="directory">The node's data.</param>
/// <param name="warn">Told what is wrong and can be lived with.</param>
internal sealed class TermFile(DataDirectory directory, Action<string> warn)
{
    private const string Name = "term";
    private const int BytesMax = 256;

    private bool hasFailed;

    /// <summary>The greatest that was kept of a mode; none if there is none.</summary>
    /// <exception cref="NodeException">It can't be read: the node might take an old leader's word.</exception>
    public Term Read(string mode)
    {
        byte[]? bytes;
        try
        {
            bytes = AtomicFile.Read(directory.At(Name), BytesMax);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new NodeException($"cannot read {directory.At(Name)}: {SystemReason.Of(e)}");
        }

        if (bytes is null && !File.Exists(directory.At(Name)))
            return Term.None;
        var words = Encoding.UTF8.GetString(bytes ?? []).TrimEnd('\n').Split(' ');
        if (words is not [var its, var number, var node]
            || !ulong.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var counter)
            || counter > Term.CounterMax || !NodeId.TryParse(node, out var leader))
        {
            throw new NodeException(
                $"{directory.At(Name)} makes no sense: put it back from a backup, or remove it; the node then believes the first leader "
                + "that it hears");
        }

        return its == mode ? new Term(counter, leader) : Term.None;
    }

    /// <summary>Keeps a term: when this returns it survives a power cut, or the user is warned.</summary>
    public void Keep(string mode, Term term)
    {
        try
        {
            var line = string.Create(CultureInfo.InvariantCulture, $"{mode} {term.Counter} {term.Leader}\n");
            AtomicFile.Write(directory.At(Name), Encoding.ASCII.GetBytes(line));
            LinuxFile.SyncDirectory(directory.Path);
            hasFailed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            if (!hasFailed)
            {
                warn(
                    $"the term can't be kept in {directory.At(Name)}: {SystemReason.Of(e)}; "
                    + "after a restart this node may believe an old leader");
            }

            hasFailed = true;
        }
    }
}
