using System.Formats.Asn1;

namespace Roj.Host.Security;

/// <summary>What of a certificate is looked at: what was signed, and the signature. The names, dates and extensions in between say nothing
/// that holders of a key need (decision 0036).</summary>
/// <remarks>
/// <code>
/// Certificate ::= SEQUENCE { tbsCertificate SEQUENCE, algorithm SEQUENCE { ecdsa-with-SHA256 }, signature BIT STRING }
/// </code>
/// RFC 5280, section 4.1. Reached by bytes of strangers: nothing is thrown, and nothing copied.
/// </remarks>
/// <param name="Signed">The TBSCertificate as it was encoded.</param>
/// <param name="Signature">An Ecdsa-Sig-Value (RFC 3279, section 2.2.3).</param>
internal readonly record struct LeafSignature(ReadOnlyMemory<byte> Signed, ReadOnlyMemory<byte> Signature)
{
    /// <summary>Bytes of a certificate at most; our own have some 300.</summary>
    public const int LengthMax = 1024;

    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2"; // RFC 5758, section 3.2

    /// <summary>Takes a certificate apart; false if it is not of the one kind that nodes mint.</summary>
    /// <param name="certificate">Its DER.</param>
    /// <param name="parts">What is looked at.</param>
    public static bool TryRead(ReadOnlyMemory<byte> certificate, out LeafSignature parts)
    {
        parts = default;
        if (certificate.Length > LengthMax)
            return false;
        try
        {
            var whole = new AsnReader(certificate, AsnEncodingRules.DER);
            var fields = whole.ReadSequence();
            if (whole.HasData || !fields.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
                return false;
            var signed = fields.ReadEncodedValue();
            var algorithm = fields.ReadSequence();
            if (algorithm.ReadObjectIdentifier() != EcdsaWithSha256 || algorithm.HasData
                || !fields.TryReadPrimitiveBitString(out var unused, out var signature) || unused != 0 || fields.HasData)
            {
                return false;
            }

            parts = new LeafSignature(signed, signature);
            return true;
        }
        catch (AsnContentException)
        {
            return false;
        }
    }
}
