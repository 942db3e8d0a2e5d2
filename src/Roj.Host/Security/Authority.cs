using System.Net.Security;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Roj.Host.Security;

/// <summary>The certificate authority that every holder of a key derives from it, and this process's one leaf under it.</summary>
/// <remarks>Not to be used by two threads at once.</remarks>
internal sealed class Authority
{
    // The order of P-256 (FIPS 186-5; SEC 2, section 2.4.2).
    private const string Order = "FFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551";
    private const int ScalarLength = 32;

    // 16 bytes more than a scalar has: the remainder is as good as uniform (FIPS 186-5, appendix A.2.1).
    private const int SeedLength = ScalarLength + 16;

    private readonly ECDsa signer;
    private SslStreamCertificateContext? leaf;

    public Authority(ClusterKey key) => signer = Derive(key.Derive("ca", default, SeedLength));

    /// <summary>The leaf with its private key, minted when it is first asked for.</summary>
    public SslStreamCertificateContext Leaf => leaf ??= SslStreamCertificateContext.Create(Mint(), null, offline: true);

    /// <summary>Whether a certificate was signed by a holder of the key.</summary>
    public bool HasSigned(LeafSignature certificate) => signer.VerifyData(
        certificate.Signed.Span, certificate.Signature.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);

    /// <summary>Mints a certificate for a key pair of its own.</summary>
    /// <param name="from">From when it says to hold; nobody looks.</param>
    /// <param name="until">Until when; nobody looks.</param>
    public X509Certificate2 Mint(DateTimeOffset from, DateTimeOffset until)
    {
        using var own = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        // The names are the same everywhere: to whoever calls without a key a leaf says nothing of the node.
        var request = new CertificateRequest("CN=roj node", own, HashAlgorithmName.SHA256);
        var serial = RandomNumberGenerator.GetBytes(16);
        serial[0] = (byte)((serial[0] & 0x3F) | 0x40); // positive, and 16 bytes as DER
        using var signed = request.Create(
            new X500DistinguishedName("CN=roj"), X509SignatureGenerator.CreateForECDsa(signer), from, until, serial);
        return signed.CopyWithPrivateKey(own);
    }

    private X509Certificate2 Mint() => Mint(DateTimeOffset.UnixEpoch, new DateTimeOffset(9999, 12, 31, 0, 0, 0, TimeSpan.Zero));

    private static ECDsa Derive(byte[] seed)
    {
        var order = new BigInteger(Convert.FromHexString(Order), isUnsigned: true, isBigEndian: true);
        var scalar = new BigInteger(seed, isUnsigned: true, isBigEndian: true) % (order - 1) + 1;
        var bytes = scalar.ToByteArray(isUnsigned: true, isBigEndian: true);
        var padded = new byte[ScalarLength];
        bytes.CopyTo(padded, ScalarLength - bytes.Length);
        try
        {
            return ECDsa.Create(new ECParameters { Curve = ECCurve.NamedCurves.nistP256, D = padded });
        }
        finally
        {
            CryptographicOperations.ZeroMemory(seed);
            CryptographicOperations.ZeroMemory(bytes);
            CryptographicOperations.ZeroMemory(padded);
        }
    }
}
