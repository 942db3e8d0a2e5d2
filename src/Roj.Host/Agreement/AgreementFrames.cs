using Roj.Agreement.Wire;
using Roj.Host.Net;

namespace Roj.Host.Agreement;

/// <summary>What nodes and clients say about agreement, as frames.</summary>
internal static class AgreementFrames
{
    /// <summary>How they are written and read.</summary>
    public static FrameCodec<AgreementMessage> Codec { get; } = new(
        AgreementCodec.LengthMax, AgreementCodec.Write, AgreementCodec.TryRead);
}
