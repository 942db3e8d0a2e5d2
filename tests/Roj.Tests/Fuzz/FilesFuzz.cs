using System.Text;
using Roj.Files.Bencoding;
using Roj.Files.Metadata;
using Roj.Files.Wire;
using Roj.Kernel;
using Roj.Tests.Files;
using Xunit;

namespace Roj.Tests.Fuzz;

/// <summary>Every codec of the files wing that hostile bytes can reach: none throws, and what it accepts keeps its promises.</summary>
public sealed class FilesFuzz
{
    private const int FrameLimit = 1024;

    [Fact]
    public void Bencoding() => Fuzzing.Run(
        [
            Hex.Latin("d4:listl0:i-1ed1:xi1eee3:numi7e6:string3:abce"),
            Hex.Latin("d1:bd1:bd1:bde1:a0:e1:a0:e1:a0:e"),
            Hex.Latin("l5:helloi9223372036854775807ele2:dee"),
        ],
        input =>
        {
            var skipping = new BencodeReader(input);
            var raw = skipping.Raw();
            var walking = new BencodeReader(input);
            var right = Walk(ref walking, 0);

            // Whatever can be skipped can be walked over, but for numbers beyond 64 bits; and the other way round.
            Assert.Equal(skipping.Failed, raw.IsEmpty);
            Assert.True(!right || (!skipping.Failed && walking.Rest == skipping.Rest));
            return right;
        });

    [Fact]
    public void Info_dictionary() => Fuzzing.Run(
        [
            Hex.Latin("d6:lengthi5e4:name5:a.bin12:piece lengthi4e6:pieces40:0123456789012345678901234567890123456789e"),
            Hex.Latin("d6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:7:privatei1ee"),
        ],
        input =>
        {
            InfoDictionary? info = null;
            if (!Fuzzing.Bounded(input, bytes => InfoDictionary.TryRead(bytes, out info)))
                return false;
            Assert.Equal(Sha1Digest.Of(input), info!.InfoHash);
            Assert.Null(FileName.Fault(info.Name));
            var size = 0L;
            for (var piece = 0; piece < info.PieceCount; piece++)
            {
                Assert.InRange(info.PieceSize(piece), 1, info.PieceLength);
                Assert.Equal(size, info.Offset(piece));
                size += info.PieceSize(piece);
                info.Hash(piece);
            }

            Assert.Equal(info.Length, size);
            Assert.Equal(info.PieceCount, info.Renamed("other").PieceCount);
            return true;
        });

    [Fact]
    public void Torrent_conf() => Fuzzing.Run(
        [
            Encoding.UTF8.GetBytes("""
                {"Peers":["172.31.111.42","10.0.0.1"],
                 "FileInfo":{"Size":300,"PartSize":256,"Parts":["b03f0a063a217b3e94f1f87edc160ff1bbce8d3e",
                 "4d7180b857206399e220a1bc22a088edd070780c"]}}
                """),
            Encoding.UTF8.GetBytes("""{"x":[{"y":"\u00e9"}],"Peers":null,"FileInfo":{"Size":0,"PartSize":1,"Parts":null}}"""),
        ],
        input =>
        {
            var conf = TorrentConf.TryRead(input, "data.bin", out var error);
            Assert.True(conf is null ^ error is null);
            if (conf is null)
            {
                Assert.DoesNotContain(error!, char.IsControl);
                Assert.InRange(error!.Length, 8, 200);
                return false;
            }

            var again = TorrentConf.TryRead(TorrentConf.Write(conf.Peers, conf.Info), "data.bin", out error);
            Assert.Null(error);
            Assert.Equal(conf.Peers, again!.Peers);
            Assert.Equal(conf.Info?.InfoHash, again.Info?.InfoHash);
            return true;
        });

    [Fact]
    public void Torrent_files() => Fuzzing.Run(
        [
            Hex.Latin("d4:infod6:lengthi1e4:name1:a12:piece lengthi1e6:pieces20:aaaaaaaaaaaaaaaaaaaaee"),
            Hex.Latin("d8:announce10:http://a/b13:announce-listll10:http://a/bel9:udp://c:1ee7:comment1:x10:created by1:y13:creation date" +
                "i1700000000e4:infod6:lengthi0e4:name1:a12:piece lengthi1e6:pieces0:7:privatei1ee8:url-listlee"),
            Hex.Latin("d13:announce-listllel0:1:xee4:infod6:lengthi0e12:meta versioni2e4:name1:a12:piece lengthi1e6:pieces0:ee"),
        ],
        input =>
        {
            Metainfo? torrent = null;
            string? error = null;
            if (!Fuzzing.Bounded(input, bytes => (torrent = Metainfo.TryRead(bytes, out error)) is not null))
            {
                Assert.DoesNotContain(error!, char.IsControl);
                Assert.InRange(error!.Length, 8, 200);
                return false;
            }

            Assert.Null(error);
            Assert.All(torrent!.Trackers, tier => Assert.NotEmpty(tier));
            var again = Metainfo.TryRead(torrent.Write(), out _);
            Assert.Equal(torrent.Write(), again!.Write());
            Assert.True(input.AsSpan().IndexOf(again.Info.Bytes.Span) >= 0); // exactly as it came
            Assert.Equal(torrent.Info.InfoHash, MagnetLink.TryRead(torrent.Magnet.ToString(), out _)?.InfoHash);
            return true;
        });

    [Fact]
    public void Magnet_links() => Fuzzing.Run(
        [
            "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a%20b+c&tr=http%3A%2F%2Fa%2Fb&x.pe=1.2.3.4:5"u8.ToArray(),
            "MAGNET:?xt.1=urn:btih:YEX6DQDLXISUVHOJ6UM3GNNKPQJWPKEK&tr.1=udp://a:1&tr.2=x&x.pe=[::1]:2&as=%ff"u8.ToArray(),
        ],
        input =>
        {
            var text = Encoding.UTF8.GetString(input);
            MagnetLink? link = null;
            string? error = null;
            if (!Fuzzing.Bounded(input, _ => (link = MagnetLink.TryRead(text, out error)) is not null))
            {
                Assert.DoesNotContain(error!, char.IsControl);
                Assert.InRange(error!.Length, 8, 200);
                return false;
            }

            Assert.Null(error);
            Assert.True(link!.Name is null || FileName.Fault(link.Name) is null);
            var again = MagnetLink.TryRead(link.ToString(), out _);
            Assert.Equal(link.ToString(), again?.ToString());
            Assert.Equal((link.InfoHash, link.Name), (again!.InfoHash, again.Name));
            return true;
        });

    [Fact]
    public void Handshakes()
    {
        var right = new byte[Handshake.Length];
        new Handshake(Sha1Digest.Of("x"u8), PeerId.Create(new Rng(1)), Fast: true, Extended: true).Write(right);
        Fuzzing.Run([right], input =>
        {
            var status = Handshake.TryRead(input, out var handshake, out var consumed);
            Assert.Equal(status == ReadStatus.Done ? Handshake.Length : 0, consumed);
            Assert.True(status != ReadStatus.NeedMore || input.Length < Handshake.Length);
            return status == ReadStatus.Done && handshake.PeerId.ToString().Length >= PeerId.Length;
        });
    }

    [Fact]
    public void Peer_wire() => Fuzzing.Run(
        [
            Hex.Bytes("00000000 00000001 00 00000001 0F 00000005 04 00000007 00000003 05 A001"),
            Hex.Bytes("0000000D 06 00000001 00004000 00004000 0000000D 08 00000001 00004000 00004000"),
            Hex.Bytes("0000000C 07 00000002 00000005 AABBCC 00000005 11 00000000 00000005 0D 00000001"),
            Hex.Bytes("0000000D 10 00000001 00004000 00004000 00000004 14 00 6465 00000003 09 1AE1"),
        ],
        input => Fuzzing.Bounded(input, SkipFrames) | CheckFrames(input));

    [Fact]
    public void Extension_messages() => Fuzzing.Run(
        [
            Hex.Latin("d1:md11:ut_metadatai2e6:ut_pexi1ee13:metadata_sizei31235e1:pi6881e4:reqqi500e11:upload_onlyi1e1:v3:Roje"),
            Hex.Latin("d8:msg_typei0e5:piecei3ee"),
            Hex.Latin("d8:msg_typei1e5:piecei1e10:total_sizei16387eeabc"),
            Hex.Latin("d8:msg_typei2e5:piecei0ee"),
            Hex.Latin("d5:added12:abcdefghijkl7:added.f2:\u0001\u00027:dropped6:abcdefe"),
        ],
        input =>
        {
            ExtendedHandshake? handshake = null;
            MetadataMessage? metadata = null;
            PeerExchangeMessage? exchange = null;
            if (Fuzzing.Bounded(input, bytes => ExtendedHandshake.TryRead(bytes, out handshake)))
            {
                Assert.True(ExtendedHandshake.TryRead(handshake!.Write(), out var again));
                Assert.Equal(handshake, again);
            }

            if (Fuzzing.Bounded(input, bytes => MetadataMessage.TryRead(bytes, out metadata)) && metadata is not MetadataMessage.Unknown)
            {
                Assert.True(MetadataMessage.TryRead(metadata!.Write(), out var again));
                Assert.Equal(metadata.Write(), again.Write());
            }

            if (Fuzzing.Bounded(input, bytes => PeerExchangeMessage.TryRead(bytes, out exchange)))
            {
                Assert.All(exchange!.Added, peer => Assert.True(peer.IsUsable));
                Assert.Equal(exchange.Added.Count, exchange.Flags.Count);
                Assert.True(PeerExchangeMessage.TryRead(exchange.Write(), out var again));
                Assert.Equal(exchange.Write(), again.Write());
            }

            return (handshake ?? metadata ?? (object?)exchange) is not null;
        });

    private static bool Walk(ref BencodeReader reader, int depth)
    {
        Assert.InRange(depth, 0, BencodeReader.DepthMax);
        switch (reader.Next)
        {
            case BencodeKind.Integer:
                reader.Integer();
                break;
            case BencodeKind.Bytes:
                reader.Bytes();
                break;
            case BencodeKind.List:
                reader.EnterList();
                while (reader.NextItem())
                    Walk(ref reader, depth + 1);
                break;
            case BencodeKind.Dictionary:
                reader.EnterDictionary();
                while (reader.NextKey(out _))
                    Walk(ref reader, depth + 1);
                break;
            default:
                return false;
        }

        return !reader.Failed;
    }

    private static bool SkipFrames(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (PeerCodec.TryRead(rest, FrameLimit, out _, out var consumed) == ReadStatus.Done)
            rest = rest[consumed..];
        return rest.IsEmpty;
    }

    private static bool CheckFrames(byte[] bytes)
    {
        var rest = bytes.AsSpan();
        while (true)
        {
            var status = PeerCodec.TryRead(rest, FrameLimit, out var message, out var consumed);
            Assert.Equal(status == ReadStatus.Done, message is not null);
            if (status != ReadStatus.Done)
            {
                Assert.Equal(0, consumed);
                Assert.True(status == ReadStatus.Malformed || rest.Length < 4 + FrameLimit);
                return status == ReadStatus.NeedMore && rest.IsEmpty;
            }

            Assert.InRange(consumed, 4, Math.Min(rest.Length, 4 + FrameLimit));
            var payload = message is PeerMessage.Piece(var block) ? block.Length : 0;
            if (message is not PeerMessage.Unknown)
            {
                // There is one way to write each message: what was read is what would be written.
                var written = new byte[PeerCodec.Size(message!)];
                PeerCodec.Write(message!, written);
                Assert.Equal(consumed, written.Length + payload);
                Assert.True(rest.StartsWith(written));
            }

            rest = rest[consumed..];
        }
    }
}
