namespace Roj.Files;

/// <summary>Where a candidate stands in the agenda of dials.</summary>
internal enum DialStage
{
    /// <summary>Nowhere: it is not to be dialled.</summary>
    Off,

    /// <summary>Its time has not come.</summary>
    Waiting,

    /// <summary>It can be dialled now.</summary>
    Ready,

    /// <summary>The same peer is connected by another way: nothing to do until that ends.</summary>
    Parked,
}
