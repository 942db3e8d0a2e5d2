using Roj.Election;

namespace Roj.Host.Http.Views;

/// <summary>What <c>GET /api/v1/colors</c> says: who plays which part.</summary>
/// <param name="Term">The leadership under which the colors were given; 0 while there are none.</param>
/// <param name="Version">Grows with each change of that leadership.</param>
/// <param name="Nodes">Every node that has a color.</param>
public sealed record ColorsView(long Term, long Version, IReadOnlyList<ColorView> Nodes)
{
    /// <summary>Made from what the node knows.</summary>
    public static ColorsView Of(ApiSnapshot snapshot)
    {
        ArgumentNullException.ThrowIfNull(snapshot);
        var colouring = snapshot.Election?.Colouring ?? Colouring.None;
        return new ColorsView(
            (long)colouring.Term.Counter,
            (long)colouring.Version,
            [
                .. colouring.Colours.Select(one =>
                    new ColorView(NodeNameView.Of(one.Key, snapshot.Members), Word(one.Value), one.Key == colouring.Term.Leader)),
            ]);
    }

    internal static string Word(Colour colour) => colour.ToString().ToLowerInvariant();
}
