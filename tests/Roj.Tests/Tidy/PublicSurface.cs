using System.Reflection;
using System.Runtime.CompilerServices;

namespace Roj.Tests.Tidy;

/// <summary>What a library shows to others, as sorted lines: a change to it is read in a review, not found by a user.</summary>
internal static class PublicSurface
{
    private const BindingFlags Own =
        BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;

    public static IReadOnlyList<string> Of(IEnumerable<Type> types) =>
        [.. types.Where(t => t.IsVisible).SelectMany(t => Members(t).Prepend(Declaration(t))).Order(StringComparer.Ordinal)];

    /// <summary>What came and what went.</summary>
    public static IEnumerable<string> InBreach(IReadOnlyCollection<string> shown, IReadOnlyCollection<string> reviewed) =>
        shown.Except(reviewed).Select(l => $"new: {l}").Concat(reviewed.Except(shown).Select(l => $"gone: {l}"));

    private static string Declaration(Type type)
    {
        var above = type.BaseType is { } b && b != typeof(object) && b != typeof(ValueType) && b != typeof(Enum) ? $" : {Name(b)}" : "";
        return $"{Name(type)} ({Kind(type)}{above})";
    }

    private static string Kind(Type type) => type switch
    {
        { IsEnum: true } => "enum",
        { IsByRefLike: true } => "ref struct",
        { IsValueType: true } => "struct",
        { IsInterface: true } => "interface",
        { IsAbstract: true, IsSealed: true } => "static class",
        { IsAbstract: true } => "abstract class",
        { IsSealed: true } => "sealed class",
        _ => "class",
    };

    // What the compiler adds to a record is no decision of ours.
    private static IEnumerable<string> Members(Type type) =>
        from member in type.GetMembers(Own)
        where !member.IsDefined(typeof(CompilerGeneratedAttribute), false) && Shown(member) is not null
        select $"{Name(type)}.{Shown(member)}";

    private static string? Shown(MemberInfo member) => member switch
    {
        FieldInfo { IsSpecialName: true } => null, // an enum's value__
        FieldInfo f when IsOpen(f) => f.IsLiteral ? $"{f.Name} = {f.GetRawConstantValue()}" : $"{f.Name}: {Name(f.FieldType)}",
        ConstructorInfo { IsStatic: false } c when IsOpen(c) => $"new({Parameters(c)})",
        PropertyInfo p when p.GetAccessors(true).Any(IsOpen) => $"{p.Name}{Index(p)}: {Name(p.PropertyType)} {{ {Accessors(p)} }}",
        EventInfo e when IsOpen(e.AddMethod!) => $"{e.Name}: event {Name(e.EventHandlerType!)}",
        MethodInfo m when IsOpen(m) && (!m.IsSpecialName || m.Name.StartsWith("op_", StringComparison.Ordinal)) =>
            $"{m.Name}{Generics(m.GetGenericArguments())}({Parameters(m)}): {Name(m.ReturnType)}",
        _ => null,
    };

    private static bool IsOpen(FieldInfo f) => f.IsPublic || f.IsFamily || f.IsFamilyOrAssembly;

    private static bool IsOpen(MethodBase m) => m.IsPublic || m.IsFamily || m.IsFamilyOrAssembly;

    private static string Accessors(PropertyInfo property) =>
        string.Join(' ', property.GetAccessors(true).Where(IsOpen).Select(a => IsGet(a) ? "get;" : IsInit(a) ? "init;" : "set;"));

    private static bool IsGet(MethodInfo accessor) => accessor.ReturnType != typeof(void);

    private static bool IsInit(MethodInfo setter) => setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit));

    private static string Index(PropertyInfo p) => p.GetIndexParameters() is { Length: > 0 } index ? $"[{Parameters(index)}]" : "";

    private static string Parameters(MethodBase method) => Parameters(method.GetParameters());

    private static string Parameters(ParameterInfo[] parameters) =>
        string.Join(", ", parameters.Select(p => $"{Passing(p)}{Name(p.ParameterType)} {p.Name}{(p.IsOptional ? "?" : "")}"));

    private static string Passing(ParameterInfo p) => p.IsOut ? "out " : p.IsIn ? "in " : p.ParameterType.IsByRef ? "ref " : "";

    private static string Name(Type type)
    {
        if (type.IsByRef || type.IsArray)
            return Name(type.GetElementType()!) + (type.IsArray ? "[]" : "");
        if (type.IsGenericParameter)
            return type.Name;
        var isSystem = type.Namespace?.StartsWith("System", StringComparison.Ordinal) is true;
        var outer = type.DeclaringType is { } declaring ? Name(declaring) + "." : isSystem ? "" : type.Namespace + ".";
        return outer + type.Name.Split('`')[0] + Generics(type.GetGenericArguments());
    }

    private static string Generics(Type[] arguments) => arguments.Length == 0 ? "" : $"<{string.Join(", ", arguments.Select(Name))}>";
}
