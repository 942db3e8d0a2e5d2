using System.Text;
using Roj.Agreement;

namespace Roj.EndToEnd.Agreement;

/// <summary>What all registers hold when all is over: every node is asked.</summary>
internal static class LastReadings
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Reads every register by every node, and gives back what they hold; null for nothing.</summary>
    /// <exception cref="LabException">A node does not answer, or two differ.</exception>
    public static async Task<IReadOnlyDictionary<string, string?>> TakeAsync(Quorum quorum, LoadBook book)
    {
        Dictionary<string, string?> last = [];
        string[] registers = [.. book.Operations.Select(operation => operation.Register).Distinct().Order(StringComparer.Ordinal)];
        foreach (var node in quorum.Nodes)
        {
            var client = await quorum.ConnectAsync(node).ConfigureAwait(false);
            await using (client.ConfigureAwait(false))
            {
                foreach (var register in registers)
                {
                    var deed = Deed.Read(register);
                    var number = book.Begin(node.Name, deed);
                    var outcome = await client.ReadAsync(RegisterName.Of(register)).WaitAsync(Patience).ConfigureAwait(false);
                    book.End(number, deed, outcome);
                    if (outcome is not { Applied: Applied.Yes, Content: { } content })
                        throw new LabException($"at the end {node.Name} can't read {register}: {outcome.Refusal}");
                    var value = content.Data is { } data ? Encoding.ASCII.GetString(data.Span) : null;
                    if (last.TryGetValue(register, out var other) && other != value)
                        throw new LabException($"at the end {node.Name} reads {value} of {register}, and another {other}");
                    last[register] = value;
                }
            }
        }

        return last;
    }
}
