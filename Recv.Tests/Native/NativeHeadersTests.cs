using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;
using Recv.Native;
using Recv.Tests.Support.Files;
using Recv.Tests.Support.Needs;
using Recv.Tests.Support.Processes;

namespace Recv.Tests.Native;

/// <summary>
/// What <see cref="Libc"/> takes from C headers, compared with what a compiler finds there: of this machine, and of Arm, on which these
/// tests do not run (the program that tells runs in an emulator).
/// </summary>
public sealed class NativeHeadersTests
{
    private const string ArmCompiler = "aarch64-linux-gnu-gcc", ArmEmulator = "qemu-aarch64-static";

    // Far fewer than there are means that the program asks for the wrong things.
    private const int FewestAnswers = 200;

    private const string Headers = """
        #define _GNU_SOURCE
        #include <stddef.h>
        #include <stdio.h>
        #include <errno.h>
        #include <fcntl.h>
        #include <poll.h>
        #include <sched.h>
        #include <signal.h>
        #include <time.h>
        #include <net/if.h>
        #include <netinet/in.h>
        #include <netinet/udp.h>
        #include <sys/eventfd.h>
        #include <sys/mman.h>
        #include <sys/prctl.h>
        #include <sys/resource.h>
        #include <sys/socket.h>
        #include <sys/stat.h>
        #include <sys/syscall.h>
        #include <linux/bpf.h>
        #include <linux/ethtool.h>
        #include <linux/filter.h>
        #include <linux/futex.h>
        #include <linux/if_ether.h>
        #include <linux/if_link.h>
        #include <linux/if_packet.h>
        #include <linux/if_xdp.h>
        #include <linux/mempolicy.h>
        #include <linux/sock_diag.h>
        #include <linux/sockios.h>
        #include <linux/virtio_net.h>

        """;

    // Ours, or of a pointer type.
    private static readonly HashSet<string> NotOfC = [
        nameof(Libc.BpfAttributeBytes), nameof(Libc.ETH_P_ALL_BE), nameof(Libc.SIG_DFL), nameof(Libc.SIG_IGN)];

    // What no header defines as a macro; all else may be absent from older headers than the kernel's that first had it.
    private static readonly string[] Enumerators = [
        "BPF_MAP_", "BPF_PROG_", "BPF_LINK_CREATE", "BPF_XDP", "SK_MEMINFO_", "TPACKET_V3", "MPOL_"];

    private static readonly Dictionary<string, string> StructsInC = new()
    {
        [nameof(Libc.time_spec)] = "timespec",
        [nameof(Libc.if_request)] = "ifreq",
        [nameof(Libc.if_name_index)] = "if_nameindex",
        [nameof(Libc.statx_answer)] = "statx",
    };

    // Fields that we name or cut otherwise: in C they are unions, bits, or more than we want to know.
    private static readonly Dictionary<string, string> FieldsInC = new()
    {
        ["bpf_insn.regs"] = "",
        ["sockaddr_storage.ss_data"] = "ss_family",
        ["ethtool_drvinfo.rest"] = "version",
        ["if_request.ifr_value"] = "ifr_ifru",
        ["if_request.ifr_more0"] = "",
        ["if_request.ifr_more1"] = "",
        ["xdp_umem_reg.tx_metadata_len"] = "",
        ["tpacket3_hdr.tp_rxhash"] = "hv1.tp_rxhash",
        ["tpacket3_hdr.tp_vlan_tci"] = "hv1.tp_vlan_tci",
        ["tpacket3_hdr.tp_vlan_tpid"] = "hv1.tp_vlan_tpid",
        ["tpacket3_hdr.tp_padding1"] = "hv1.tp_padding",
        ["tpacket3_hdr.tp_padding2"] = "tp_padding",
    };

    private static readonly string[] BlockHeaderFields = [
        nameof(Libc.tpacket_block_desc.version), nameof(Libc.tpacket_block_desc.offset_to_priv)];

    [HostFact(HostNeed.Compiler)]
    public void ConstantsLayoutsAndCallNumbersAreThoseOfThisMachine() =>
        Compare(RuntimeInformation.ProcessArchitecture, "cc", program => HostProgram.Run(program));

    [ToolFact(ArmCompiler, ArmEmulator)]
    public void ConstantsLayoutsAndCallNumbersAreThoseOfArm() =>
        Compare(Architecture.Arm64, ArmCompiler, program => HostProgram.Run(ArmEmulator, program));

    private static void Compare(Architecture architecture, string compiler, Func<string, string> run)
    {
        Dictionary<string, long> ours = new(), theirs = new();
        StringBuilder main = new();
        foreach (FieldInfo constant in Constants) Ask(constant.Name, Convert.ToInt64(constant.GetRawConstantValue()), constant.Name);
        foreach (Type type in typeof(Libc).GetNestedTypes(BindingFlags.Public).Where(type => type.IsValueType && !type.IsEnum)) AskStruct(
            type);
        SystemCalls calls = SystemCalls.Of(architecture);
        Ask("SYS_mbind", calls.Mbind, "SYS_mbind");
        Ask("SYS_membarrier", calls.Membarrier, "SYS_membarrier");
        Ask("SYS_bpf", calls.Bpf, "SYS_bpf");
        Ask("SYS_futex", calls.Futex, "SYS_futex");

        using TemporaryFolder folder = new();
        string source = Path.Combine(folder.Path, "told.c"), program = Path.Combine(folder.Path, "told");
        File.WriteAllText(source, $"{Headers}int main(void) {{\n{main}return 0; }}\n");
        HostProgram.Run(compiler, "-static", "-o", program, source);
        foreach (string line in run(program).Split('\n', StringSplitOptions.RemoveEmptyEntries))
            theirs[line.Split(' ')[0]] = long.Parse(line.Split(' ')[1]);

        Assert.True(theirs.Count > FewestAnswers, $"only {theirs.Count} answers");
        Assert.All(theirs, told => Assert.Equal((told.Key, told.Value), (told.Key, ours[told.Key])));

        void Ask(string name, long value, string expression)
        {
            ours[name] = value;
            bool always = expression.Contains('(') || Enumerators.Any(start => name.StartsWith(start, StringComparison.Ordinal));
            string print = $"printf(\"{name} %lld\\n\", (long long)({expression}));";
            main.AppendLine(always ? print : $"#ifdef {name}\n{print}\n#endif");
        }

        void AskStruct(Type type)
        {
            string name = StructsInC.GetValueOrDefault(type.Name, type.Name);
            // Newer kernels have made some of them longer, and take the shorter ones: our front is compared, field by field.
            if (type != typeof(Libc.xdp_umem_reg)) Ask($"sizeof:{type.Name}", Marshal.SizeOf(type), $"sizeof(struct {name})");
            foreach (FieldInfo field in type.GetFields(BindingFlags.Public | BindingFlags.Instance))
            {
                string there = FieldsInC.GetValueOrDefault($"{type.Name}.{field.Name}", field.Name);
                if (type == typeof(Libc.tpacket_block_desc) && !BlockHeaderFields.Contains(field.Name)) there = $"hdr.bh1.{field.Name}";
                if (there.Length > 0) Ask(
                    $"{type.Name}.{field.Name}", Marshal.OffsetOf(type, field.Name), $"offsetof(struct {name}, {there})");
            }
        }
    }

    private static IEnumerable<FieldInfo> Constants => typeof(Libc).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(member => member.IsLiteral && !NotOfC.Contains(member.Name));
}
