namespace Roj.Simulation.Tests.Mutants;

/// <summary>What the simulation of swarms must catch.</summary>
internal static class SwarmMutants
{
    public static IReadOnlyList<Mutant> All { get; } =
    [
        new(
            "a node does not know itself when it calls itself",
            "Roj.Files/Candidates.cs",
            "c => (c.IsSelf, c.InUse) = (true, false)",
            "c => (c.IsSelf, c.InUse) = (false, false)",
            Seeds: 100),
        new(
            "a peer that lacks BEP 6 is spoken to in its words",
            "Roj.Files/Transfer.cs",
            "else if (peer.Fast && Have.Count == 0)",
            "else if (Have.Count == 0)",
            Seeds: 50),
        new(
            "the last piece is as long as the others",
            "Roj.Files/Metadata/InfoDictionary.cs",
            "public int PieceSize(int piece) => (int)Math.Min(PieceLength, Length - Offset(piece));",
            "public int PieceSize(int piece) => Math.Max(PieceLength, (int)(0 * Offset(piece)));",
            Seeds: 10),
        new(
            "complete peers stay together",
            "Roj.Files/Housekeeping.cs",
            "=> transfer is { IsComplete: true } && peer.IsComplete;",
            "=> transfer is { IsComplete: true } && peer.Pieces is null;",
            Seeds: 100) { Likely = 14 },
        new(
            "a piece is had though its hash is wrong",
            "Roj.Files/PieceTable.cs",
            "return right && Have.Add(piece);",
            "return Have.Add(piece);",
            Seeds: 20),
        new(
            "everybody says it has everything",
            "Roj.Files/Transfer.cs",
            "if (peer.Fast && Have.IsFull)",
            "if (peer.Fast)",
            Seeds: 20),
        new(
            "what is not had is given to whoever asks",
            "Roj.Files/Uploads.cs",
            "if (!table.Have.Has(block.Piece))",
            "if (block.Piece < 0)",
            Seeds: 200) { Likely = 38 },
        new(
            "a whole piece is told of before it is hashed",
            "Roj.Files/Downloads.cs",
            "outbox.Do(new SwarmEffect.Verify(block.Piece));",
            "outbox.Send(peer.Id, new PeerMessage.Have(block.Piece));",
            Seeds: 100),
        new(
            "a piece that failed is not wanted again",
            "Roj.Files/Downloads.cs",
            "picker.Want(piece);",
            "if (table.Unchecked > 0)\n            picker.Want(piece);",
            Seeds: 200),
        new(
            "a peer that could not be reached is not tried again",
            "Roj.Files/Candidates.cs",
            "c.InUse = false;\n        c.Failures++;",
            "c.Failures++;",
            Seeds: 200),
        new(
            "equal pieces are marked for a copy that never comes",
            "Roj.Files/Downloads.cs",
            "outbox.Do(new SwarmEffect.Copy(from, to));",
            "Check.That(from != to);",
            Seeds: 200) { Likely = 10 },
        new(
            "somebody is banned for a wrong piece that several supplied",
            "Roj.Files/PieceDownload.cs",
            "suppliers.Count == 1 ? suppliers.Min : null;",
            "suppliers.Count > 0 ? suppliers.Min : null;",
            Seeds: 500),
        new(
            "a part of the description that one peer did not send is asked of no other",
            "Roj.Files/MetadataFetch.cs",
            "givenBack.UnionWith(source.Awaited.Where(part => !parts.ContainsKey(part)));",
            "Check.That(parts.Count >= 0);",
            Seeds: 400) { Likely = 18 },
        new(
            "of two connections to one peer both stay",
            "Roj.Files/Connections.cs",
            "return fresh.Outgoing == oursStays ? other : fresh;",
            "return null;",
            Seeds: 20),
        new(
            "any number of connections is let in",
            "Roj.Files/Connections.cs",
            "InLobby = Count >= settings.ConnectionsMax,",
            "InLobby = Count >= 1000,",
            Seeds: 400) { Likely = 13 },
    ];
}
