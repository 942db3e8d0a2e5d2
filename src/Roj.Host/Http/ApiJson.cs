using System.Text.Json;
using System.Text.Json.Serialization;
using Roj.Host.Http.Views;

namespace Roj.Host.Http;

/// <summary>How the API's views are written and read, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(MembersView))]
[JsonSerializable(typeof(MemberView))]
[JsonSerializable(typeof(EventView))]
[JsonSerializable(typeof(EventsView))]
[JsonSerializable(typeof(MemberNewsView))]
[JsonSerializable(typeof(RefutedView))]
[JsonSerializable(typeof(RosterView))]
[JsonSerializable(typeof(SeatView))]
[JsonSerializable(typeof(LeaveView))]
[JsonSerializable(typeof(LeaderView))]
[JsonSerializable(typeof(ColorsView))]
[JsonSerializable(typeof(WingNewsView))]
[JsonSerializable(typeof(TokenView))]
[JsonSerializable(typeof(TokensView))]
[JsonSerializable(typeof(TokenLogView))]
[JsonSerializable(typeof(TokenTurnView))]
[JsonSerializable(typeof(OnceView))]
[JsonSerializable(typeof(StoreView))]
[JsonSerializable(typeof(StoreKeysView))]
[JsonSerializable(typeof(StoreDoneView))]
[JsonSerializable(typeof(StoreChangeView))]
[JsonSerializable(typeof(StoreMissedView))]
[JsonSerializable(typeof(FileView))]
[JsonSerializable(typeof(FilesView))]
[JsonSerializable(typeof(FileRequestView))]
[JsonSerializable(typeof(KeyView))]
[JsonSerializable(typeof(RotationView))]
[JsonSerializable(typeof(RotationRequestView))]
[JsonSerializable(typeof(ProblemView))]
[JsonSerializable(typeof(OverviewView))]
[JsonSerializable(typeof(JsonElement))]
public sealed partial class ApiJson : JsonSerializerContext;
