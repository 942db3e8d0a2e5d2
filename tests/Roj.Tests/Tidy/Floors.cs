using System.Xml.Linq;

namespace Roj.Tests.Tidy;

/// <summary>A floor may use what is below it and nothing above or beside it (ARCHITECTURE.md).</summary>
internal static class Floors
{
    private static readonly string[] cores =
        ["Roj.Kernel", "Roj.Membership", "Roj.Files", "Roj.Log", "Roj.Agreement", "Roj.Election", "Roj.Token", "Roj.Storage"];

    private static readonly Dictionary<string, Room> rooms = new()
    {
        ["Roj.Kernel"] = new(IsPure: true, MayReference: []),
        ["Roj.Membership"] = new(IsPure: true, MayReference: ["Roj.Kernel"]),
        ["Roj.Files"] = new(IsPure: true, MayReference: ["Roj.Kernel"]),
        ["Roj.Log"] = new(IsPure: true, MayReference: ["Roj.Kernel"]),
        ["Roj.Agreement"] = new(IsPure: true, MayReference: ["Roj.Kernel"]),
        ["Roj.Election"] = new(IsPure: true, MayReference: ["Roj.Kernel", "Roj.Agreement"]),
        ["Roj.Token"] = new(IsPure: true, MayReference: ["Roj.Kernel", "Roj.Agreement"]),
        ["Roj.Storage"] = new(IsPure: true, MayReference: ["Roj.Kernel", "Roj.Agreement"]),
        ["Roj.Node"] = new(IsPure: true, MayReference: [.. cores]),
        ["Roj.Simulation"] = new(IsPure: true, MayReference: [.. cores, "Roj.Node"]),
        ["Roj.Host"] = new(IsPure: false, MayReference: [.. cores, "Roj.Node"]),
        ["Roj.Cluster"] = new(IsPure: false, MayReference: ["Roj.Host"]),
        ["Roj.Cli"] = new(IsPure: false, MayReference: ["Roj.Host", "Roj.Simulation"]),
    };

    /// <summary>Whether the file belongs to a project on which the bans stand.</summary>
    public static bool IsPure(TextFile file) =>
        file.Path.StartsWith("src/", StringComparison.Ordinal)
        && rooms.GetValueOrDefault(file.Project["src/".Length..]) is { IsPure: true };

    public static IEnumerable<string> InBreach(IEnumerable<TextFile> files)
    {
        var all = files.ToList();
        return all.Where(f => f.IsProject && f.Path.StartsWith("src/", StringComparison.Ordinal)).SelectMany(InBreach).Concat(LeftOut(all));
    }

    private static IEnumerable<string> InBreach(TextFile project)
    {
        var name = Path.GetFileNameWithoutExtension(project.Name);
        if (!rooms.TryGetValue(name, out var room))
        {
            yield return $"{project.Path}: it stands on no floor; give it a row in Floors.cs";
            yield break;
        }

        var xml = XDocument.Parse(project.Text);
        foreach (var used in Includes(xml, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path)))
        {
            if (!room.MayReference.Contains(used))
                yield return $"{project.Path}: {name} may not reference {used}";
        }

        if (room.IsPure && !xml.Descendants("RojPure").Any(e => e.Value == "true"))
            yield return $"{project.Path}: a pure project has <RojPure>true</RojPure>, else nothing bans clocks and sockets";
        if (room.IsPure && Includes(xml, "PackageReference").Concat(Includes(xml, "FrameworkReference")).FirstOrDefault() is { } package)
            yield return $"{project.Path}: a pure project has no dependencies, this one has {package}";
        if (Includes(xml, "Compile").FirstOrDefault(path => path.Contains("..", StringComparison.Ordinal)) is { } borrowed)
            yield return $"{project.Path}: it compiles another project's {borrowed}";
    }

    private static IEnumerable<string> LeftOut(List<TextFile> files)
    {
        var solution = files.Where(f => f.Path == "Roj.slnx")
            .SelectMany(f => XDocument.Parse(f.Text).Descendants("Project"))
            .Select(e => e.Attribute("Path")?.Value)
            .ToList();
        return files.Where(f => f.IsProject && !solution.Contains(f.Path)).Select(f => $"{f.Path}: not in Roj.slnx, so nobody builds it");
    }

    private static IEnumerable<string> Includes(XDocument xml, string element) =>
        xml.Descendants(element).Select(e => e.Attribute("Include")?.Value).OfType<string>();

    private sealed record Room(bool IsPure, string[] MayReference);
}
