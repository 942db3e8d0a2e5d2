using System.Text.Json;

namespace Roj.Cli.Up;

/// <summary>What a node's process said, or that it said its last.</summary>
/// <param name="Member">The node.</param>
/// <param name="Life">Which of its processes.</param>
/// <param name="Said">An event; null when the process has ended.</param>
/// <param name="LastWords">Then: what stands on its standard error.</param>
internal sealed record LocalWord(LocalMember Member, int Life, JsonElement? Said, string LastWords);
