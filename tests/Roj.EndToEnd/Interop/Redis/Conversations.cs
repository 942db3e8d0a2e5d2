namespace Roj.EndToEnd.Interop;

/// <summary>What is said to Redis and to Roj: the answers must be the same bytes, unless it stands here why not.</summary>
internal static class Conversations
{
    private const string Far = "33177117420000"; // the year 3021: not over while tests run

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Conversation> All { get; } =
        [.. Values, .. Sets, .. Numbers, .. Lifetimes, .. Keys, .. Connections, .. Errors, .. Lines, .. Broken];

    /// <summary>What is said to servers that ask for a password, which is <c>secret</c>.</summary>
    public static IReadOnlyList<Conversation> OfStrangers { get; } =
    [
        Conversation.Of("nothing said", "GET a", "SET a 1", "PING", "NOPE", "GET", "SELECT 1", "INFO", "COMMAND", "MULTI", "CLIENT ID"),
        Conversation.Of("wrong", "AUTH wrong", "AUTH other secret", "AUTH default wrong", "AUTH", "AUTH a b c", "GET a"),
        Conversation.Of("right", "AUTH secret", "GET a", "AUTH wrong", "GET a", "AUTH default secret", "RESET", "GET a"),
        Conversation.Of("greetings", "HELLO", "HELLO 3", "HELLO 3 AUTH default wrong", "HELLO 3 AUTH default", "HELLO 4", "HELLO x"),
        Conversation.Of("greeting with the password", "HELLO 3 AUTH default secret", "GET a", "HELLO 2", "GET a"),
        Conversation.Of("no reset of nothing", "RESET", "QUIT"),
        Conversation.Of("as many words as strangers have", "DEL 1 2 3 4 5 6 7 8 9", "AUTH secret", "DEL 1 2 3 4 5 6 7 8 9 10 11"),
        Conversation.Of("more words than strangers have", "DEL 1 2 3 4 5 6 7 8 9 10"),
        Conversation.Of("as long as strangers' words are", "GET " + new string('a', 16 * 1024)),
        Conversation.Of("longer than strangers' words are", "GET " + new string('a', (16 * 1024) + 1)),
        Conversation.Raw("a line", "PING\r\n").But(
            "-ERR Protocol error: expected '*', got 'P'\r\n (over)", "strangers speak as programs do: so no browser is a client"),
    ];

    private static IEnumerable<Conversation> Values =>
    [
        Conversation.Of("get and set", "GET a", "SET a 1", "GET a", "get a", "SET a", "SET a ", "GET a", "STRLEN a", "STRLEN b"),
        Conversation.Of("bytes", "SET %00%0d%0a%ff %0d%0a%00%ff", "GET %00%0d%0a%ff", "STRLEN %00%0d%0a%ff", "KEYS *"),
        Conversation.Of("old values", "GETSET a 1", "GETSET a 2", "GETDEL a", "GETDEL a", "SETNX a 1", "SETNX a 2", "GET a"),
        Conversation.Of(
            "several", "MSET a 1 b 2 a 3", "MGET a b c a", "MSET a", "MSET a 1 b", "MGET", "EXISTS a b c a", "DEL a a b c", "DBSIZE"),
        Conversation.Of(
            "one of many", "MSET a 1 b 2 c 3", "UNLINK a", "UNLINK a b x", "DEL c", "DEL c", "DEL", "UNLINK", "EXISTS", "EXISTS c"),
        Conversation.Of("append", "APPEND a 12", "APPEND a 34", "GET a", "APPEND a ", "INCR a", "APPEND a", "APPEND a 1 2"),
        Conversation.Of(
            "parts", "SET a 0123456789", "GETRANGE a 0 3", "GETRANGE a -3 -1", "GETRANGE a 0 -1", "GETRANGE a 10 20", "GETRANGE a 5 3",
            "GETRANGE a -1 -3", "GETRANGE a -100 3", "GETRANGE a 3 100", "GETRANGE b 0 -1", "SUBSTR a 1 2", "GETRANGE a x 1",
            "GETRANGE a 1", "GETRANGE a 0 -100", "GETRANGE a -9223372036854775808 9223372036854775807",
            "GETRANGE a 9223372036854775807 -9223372036854775808"),
        Conversation.Of("types", "TYPE a", "SET a 1", "TYPE a", "TYPE", "TYPE a b"),
    ];

    private static IEnumerable<Conversation> Sets =>
    [
        Conversation.Of(
            "set on conditions", "SET a 1 XX", "GET a", "SET a 1 NX", "SET a 2 NX", "SET a 3 XX", "GET a", "SET a 4 NX XX",
            "SET a 4 XX NX", "SET a 4 nx nx", "SET a 5 XX XX", "GET a"),
        Conversation.Of(
            "set and get", "SET a 1 GET", "SET a 2 GET", "SET a 3 NX GET", "SET b 3 NX GET", "GET b", "SET c 1 XX GET", "GET c",
            "SET a 9 GET GET"),
        Conversation.Of(
            "set for a time", "SET a 1 EX 1000", "TTL a", $"SET a 1 PXAT {Far}", "PEXPIRETIME a", "EXPIRETIME a", "SET a 2 KEEPTTL",
            "PEXPIRETIME a", "SET a 3", "TTL a", "PTTL a", "PEXPIRETIME a", "SET a 1 EXAT 33177117420", "PEXPIRETIME a",
            "SET a 1 PX 1000000", "TTL a"),
        Conversation.Of(
            "set for no time", "SET a 1 EX 0", "SET a 1 EX -1", "SET a 1 EX x", "SET a 1 EX", "SET a 1 PX 0",
            "SET a 1 EX 9223372036854775807", "SET a 1 PX 9223372036854775807", "SET a 1 EXAT 0", "SET a 1 PXAT -5",
            "SET a 1 EX 9223372036854775", "SET a 1 EX 1.5", "GET a"),
        Conversation.Of(
            "set with what does not go together", "SET a 1 EX 10 PX 10", "SET a 1 EX 10 KEEPTTL", "SET a 1 KEEPTTL EX 10",
            "SET a 1 EX 10 EXAT 10", "SET a 1 PERSIST", "SET a 1 NOPE", "SET a 1 EX 10 EX 1000", "TTL a", "SET a 1 KEEPTTL KEEPTTL",
            "TTL a", "SET a 1 NX EX 10 GET", "GET a"),
        Conversation.Of(
            "setex", "SETEX a 1000 x", "TTL a", "GET a", "SETEX a 0 x", "SETEX a -1 x", "SETEX a x x", "SETEX a 1000",
            "PSETEX a 1000000 y", "GET a", "PSETEX a 0 x", "PSETEX a 9223372036854775807 x", "SETEX a 9223372036854775807 x"),
        Conversation.Of(
            "getex", "GETEX a", "SET a 1", "GETEX a", $"GETEX a PXAT {Far}", "PEXPIRETIME a", "GETEX a", "PEXPIRETIME a",
            "GETEX a PERSIST", "TTL a", "GETEX a EX 1000", "TTL a", "GETEX a EX 0", "GETEX a EX x", "GETEX a EX", "GETEX a PERSIST EX 10",
            "GETEX a EX 10 PERSIST", "GETEX a NX", "GETEX a KEEPTTL", "GETEX", "GETEX a PXAT 1", "GET a", "GETEX a EX 10"),
        Conversation.Of("getex for no time where there is no key", "GETEX a EX 0").But(
            "-ERR invalid expire time in 'getex' command\r\n",
            "Redis looks for the key first; what is wrong is wrong before the store is asked"),
    ];

    private static IEnumerable<Conversation> Numbers =>
    [
        Conversation.Of(
            "counting", "INCR a", "INCR a", "DECR a", "INCRBY a 10", "DECRBY a 20", "GET a", "INCRBY a x", "INCRBY a 1.0",
            "INCRBY a %201", "INCRBY a +1", "INCRBY a 01", "INCRBY a -0", "INCRBY a 0", "INCRBY a ", "DECRBY a x", "INCR", "INCR a b",
            "INCRBY a", "DECRBY a"),
        Conversation.Of(
            "counting what is no number", "SET a x", "INCR a", "SET a ", "INCR a", "SET a 1.0", "INCR a", "SET a %201", "INCR a",
            "SET a 01", "INCR a", "SET a -0", "INCR a", "SET a 9223372036854775808", "INCR a", "SET a -9223372036854775808", "INCR a"),
        Conversation.Of(
            "counting too far", "SET a 9223372036854775807", "INCR a", "INCRBY a 0", "INCRBY a 9223372036854775808",
            "DECRBY a -9223372036854775808", "DECRBY a -9223372036854775809", "SET a -9223372036854775808", "DECR a", "INCRBY a -1",
            "DECRBY a -9223372036854775807", "GET a"),
        Conversation.Of(
            "counting keeps the time", $"SET a 1 PXAT {Far}", "INCR a", "APPEND a 2", "PEXPIRETIME a", "INCR a", "PEXPIRETIME a"),
    ];

    private static IEnumerable<Conversation> Lifetimes =>
    [
        Conversation.Of(
            "no key, no time", "TTL a", "PTTL a", "EXPIRETIME a", "PEXPIRETIME a", "EXPIRE a 10", "PERSIST a", "TTL", "TTL a b"),
        Conversation.Of(
            "for ever", "SET a 1", "TTL a", "PTTL a", "EXPIRETIME a", "PEXPIRETIME a", "PERSIST a", "EXPIRE a 1000", "TTL a", "PERSIST a",
            "TTL a"),
        Conversation.Of(
            "until", "SET a 1", $"PEXPIREAT a {Far}", "PEXPIRETIME a", "EXPIREAT a 33177117421", "EXPIRETIME a", "PEXPIRE a 1000000",
            "TTL a", "EXPIRE a x", "EXPIRE a", "EXPIRE a 9223372036854775807", "PEXPIRE a 9223372036854775807",
            "EXPIREAT a 9223372036854775807", "PEXPIREAT a 9223372036854775807", "PEXPIRETIME a", "EXPIRE a -9223372036854775807",
            "EXPIREAT b -9223372036854775808"),
        Conversation.Of(
            "over", "SET a 1", "EXPIRE a 0", "GET a", "SET a 1", "EXPIRE a -1", "EXISTS a", "SET a 1", "PEXPIREAT a 1", "GET a",
            "SET a 1", "EXPIREAT a -9223372036854775", "GET a", "DBSIZE", "SET b 1 PXAT 1", "GET b", "EXISTS b", "SET b 2 NX", "GET b"),
        Conversation.Of(
            "until, on conditions", "SET a 1", "EXPIRE a 1000 XX", "EXPIRE a 1000 GT", "TTL a", "EXPIRE a 1000 NX", "EXPIRE a 2000 NX",
            "TTL a", "EXPIRE a 3000 GT", "EXPIRE a 2500 GT", "TTL a", "EXPIRE a 2000 LT", "EXPIRE a 5000 LT", "TTL a",
            "EXPIRE a 4000 XX GT", "EXPIRE a 3000 XX LT", "EXPIRE a 4000 xx", "TTL a", "PERSIST a", "EXPIRE a 1000 LT", "TTL a"),
        Conversation.Of(
            "conditions that don't go together", "SET a 1", "EXPIRE a 10 NX XX", "EXPIRE a 10 NX GT", "EXPIRE a 10 NX LT",
            "EXPIRE a 10 GT LT", "EXPIRE a 10 NOPE", "EXPIRE a x NX XX", "EXPIRE a 10 XX NX GT LT", "PERSIST a"),
    ];

    private static IEnumerable<Conversation> Keys =>
    [
        Conversation.Of(
            "patterns", "MSET one 1", "KEYS *", "KEYS o*", "KEYS o?e", "KEYS o[a-n]e", "KEYS o[^n]e", "KEYS o[^a]e", "KEYS o\\ne",
            "KEYS x*", "KEYS *e", "KEYS o[n", "KEYS o[z-a]e", "KEYS [o][n][e]", "KEYS ***", "KEYS ", "KEYS", "KEYS one\\", "KEYS [",
            "KEYS o[\\n]e", "KEYS [^", "KEYS o[]e"),
        Conversation.Of(
            "patterns of patterns", "SET a]b 1", "KEYS a]b", "KEYS a[]]b", "KEYS a[\\]]b", "SET a*b 1", "KEYS a[a-]b", "KEYS a[Z-]b",
            "DEL a]b",
            "KEYS a\\*b",
            "KEYS a[*]b"),
        Conversation.Of(
            "scan little", "SCAN 0", "SET a 1", "SCAN 0", "SCAN 0 MATCH b", "SCAN 0 MATCH a COUNT 100", "SCAN 0 TYPE string",
            "SCAN 0 TYPE list"),
        Conversation.Of(
            "scan wrongly", "SCAN", "SCAN x", "SCAN 0 COUNT", "SCAN 0 COUNT 0", "SCAN 0 COUNT -1", "SCAN 0 COUNT x", "SCAN 0 MATCH",
            "SCAN 0 NOPE 1", "SCAN 0 NOPE", "SCAN 1x", "SCAN %201"),
        Conversation.Of("scan from before the beginning", "SCAN -1").But(
            "-ERR invalid cursor\r\n", "Redis takes it for 2^64 - 1, the last cursor there is"),
        Conversation.Of("any key", "RANDOMKEY", "SET a 1", "RANDOMKEY", "DBSIZE", "DBSIZE a", "RANDOMKEY a"),
        Conversation.Of(
            "databases", "SET a 0", "SELECT 1", "GET a", "SET a 1", "SELECT 15", "DBSIZE", "SELECT 16", "SELECT -1", "SELECT x",
            "SELECT 99999999999", "SELECT", "SET b 15", "FLUSHDB", "DBSIZE", "SELECT 0", "GET a", "FLUSHALL", "DBSIZE", "SELECT 1",
            "DBSIZE"),
        Conversation.Of(
            "clearing", "SET a 1", "FLUSHDB ASYNC", "DBSIZE", "SET a 1", "FLUSHDB sync", "DBSIZE", "FLUSHDB NOPE", "FLUSHALL NOPE",
            "FLUSHDB SYNC ASYNC", "FLUSHALL ASYNC", "FLUSHALL SYNC"),
    ];

    private static IEnumerable<Conversation> Connections =>
    [
        Conversation.Of("ping", "PING", "PING hello", "PING a b", "ECHO", "ECHO a", "ECHO a b", "ping"),
        Conversation.Of(
            "names", "CLIENT GETNAME", "CLIENT SETNAME me", "CLIENT GETNAME", "CLIENT SETNAME a%20b", "CLIENT SETNAME a%0ab",
            "CLIENT SETNAME ", "CLIENT GETNAME", "CLIENT SETNAME", "CLIENT", "CLIENT NOPE", "CLIENT NOPE a b", "CLIENT GETNAME x",
            "CLIENT NO-EVICT on", "CLIENT NO-EVICT x"),
        Conversation.Of("no password", "AUTH x", "AUTH default x", "AUTH other x", "AUTH", "AUTH a b c"),
        Conversation.Of("reset", "SELECT 1", "CLIENT SETNAME me", "RESET", "CLIENT GETNAME", "SET a 1", "SELECT 0", "GET a", "RESET x"),
        Conversation.Of("role and wait", "ROLE", "WAIT 0 0", "WAIT 1 1", "WAIT x 0", "WAIT 0 x", "WAIT 0 -1", "WAIT", "ROLE x", "TIME x"),
        Conversation.Of("good-bye", "SET a 1", "QUIT", "GET a"),
        Conversation.Of(
            "third version", "HELLO 3 SETNAME me", "GET a", "MGET a b", "SET a 1", "GET a", "SET a 2 NX", "GETDEL b", "RANDOMKEY",
            "CLIENT GETNAME", "CONFIG GET databases", "CONFIG GET nope", "COMMAND INFO nope", "SET a 1 EX 0", "HELLO", "HELLO 2", "GET b",
            "HELLO 3", "RESET", "GET b"),
        Conversation.Of(
            "in version 3", "DEL a", "HELLO x", "HELLO 1", "HELLO 4", "HELLO 3 NOPE", "HELLO 3 AUTH x", "HELLO 3 SETNAME",
            "HELLO 3 SETNAME a%20b", "HELLO 3 AUTH other x", "GET a"),
        Conversation.Of(
            "empty transactions", "EXEC", "DISCARD", "MULTI", "EXEC", "MULTI", "MULTI", "NOPE", "GET", "EXEC", "MULTI", "DISCARD",
            "EXEC"),
        Conversation.Of("transactions", "MULTI", "SET a 1", "EXEC", "GET a").But(
            "+OK\r\n-ERR SET is refused after MULTI: a key is changed in one go, several are not\r\n"
            + "-EXECABORT Transaction discarded because of previous errors.\r\n$-1\r\n",
            "keys are changed one by one: what can't be done in one go is not done at all"),
        Conversation.Of(
            "settings", "CONFIG GET databases", "CONFIG GET DATABASES", "CONFIG GET nope", "CONFIG GET", "CONFIG", "CONFIG NOPE",
            "CONFIG GET data*"),
        Conversation.Of("commands", "COMMAND NOPE", "COMMAND COUNT x", "COMMAND INFO nope", "COMMAND DOCS nope", "COMMAND LIST NOPE"),
    ];

    private static IEnumerable<Conversation> Errors =>
    [
        Conversation.Of("unknown", "NOPE", "NOPE a", "NOPE a b c", "nope%0d%0ax a%0db", "NOPE %00a b", "N%00PE a", " a", "%ff %fe"),
        Conversation.Of(
            "unknown at length", "NOPE " + new string('a', 200), new string('N', 200) + " a b",
            "NOPE " + new string('a', 100) + " " + new string('b', 100)),
        Conversation.Of(
            "too few and too many", "GET", "GET a b", "SET", "SETNX a", "SETEX a 1", "GETSET a", "GETDEL", "GETDEL a b", "MGET", "INCR",
            "KEYS a b", "EXPIRE a", "PERSIST", "STRLEN", "PTTL", "FLUSHDB a b", "INFO a b", "SELECT 1 2", "TIME a", "DECR",
            "SUBSTR a 1"),
    ];

    private static IEnumerable<Conversation> Lines =>
    [
        Conversation.Raw("lines", "PING\r\nSET a 1\nGET a\r\n\r\n\n  GET   a  \r\nNOPE a b\r\n"),
        Conversation.Raw(
            "quotes",
            "SET a \"1 2\"\r\nGET a\r\nSET a '1 \\' 2'\r\nGET 'a'\r\n"
            + "SET a \"\\x41\\n\\r\\t\\b\\a\\\\\\\"\\q\\x4\"\r\nGET \"a\"\r\nSET a \"\"\r\nGET a\r\nSET a x\"y\"\r\nGET a\r\n"),
        Conversation.Raw("open quotes", "PING\r\nSET a \"1\r\nGET a\r\n"),
        Conversation.Raw("quotes that go on", "SET a \"1\"2\r\nGET a\r\n"),
        Conversation.Raw("single quotes that go on", "SET a '1'2\r\nGET a\r\n"),
        Conversation.Raw("lines among arrays", "*1\r\n$4\r\nPING\r\nPING\r\n*1\r\n$4\r\nPING\r\n"),
        Conversation.Raw("tabs", "SET\ta\t1\r\nGET\ta\r\n"),
    ];

    private static IEnumerable<Conversation> Broken =>
    [
        Conversation.Raw("nothing at all", "*0\r\n*0\r\nPING\r\n"),
        Conversation.Raw("no length", "*1\r\n$x\r\n"),
        Conversation.Raw("negative length", "*1\r\n$-1\r\n"),
        Conversation.Raw("length 2^63 - 1", "*1\r\n$9223372036854775807\r\n"),
        Conversation.Raw("length 2^63", "*1\r\n$9223372036854775808\r\n"),
        Conversation.Raw("length with a plus", "*1\r\n$+4\r\nPING\r\n"),
        Conversation.Raw("length with a zero in front", "*1\r\n$04\r\nPING\r\n"),
        Conversation.Raw("empty length", "*1\r\n$\r\n\r\n"),
        Conversation.Raw("no count", "*x\r\n"),
        Conversation.Raw("empty count", "*\r\n"),
        Conversation.Raw("count 2^63", "*9223372036854775808\r\n"),
        Conversation.Raw("count 2^31", "*2147483648\r\n"),
        Conversation.Raw("no dollar", "*1\r\nPING\r\n"),
        Conversation.Raw("no dollar but a star", "*1\r\n*1\r\n*1\r\n"),
        Conversation.Raw("no dollar but an end", "*2\r\n$4\r\nPING\r\n\r\n\r\n"),
        Conversation.Raw("after what is right", "*1\r\n$4\r\nPING\r\n*1\r\n:1\r\n*1\r\n$4\r\nPING\r\n"),
        Conversation.Raw("negative count", "*-2\r\nPING\r\n").But(
            "-ERR Protocol error: invalid multibulk length\r\n (over)", "Redis takes it for an empty command; nobody sends one"),
        Conversation.Raw("HTTP", "GET / HTTP/1.1\r\nHost: here\r\n\r\n").But(
            "-ERR Protocol error: this is no HTTP server\r\n (over)",
            "Redis answers the first line, and hangs up on the second without a word"),
        Conversation.Raw("HTTP that posts", "POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nSET a 1\r\n").But(
            "-ERR Protocol error: this is no HTTP server\r\n (over)", "Redis hangs up without a word"),
        Conversation.Of("HTTP in an array", "POST a", "PING").But(
            "-ERR Protocol error: this is no HTTP server\r\n (over)", "Redis hangs up without a word"),
    ];
}
