using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Recv.Native;

namespace Recv.Tests.Native;

public sealed class LibcTests
{
    [Fact]
    public void StructsHaveTheSizesOfTheKernel()
    {
        Assert.Equal(16, Unsafe.SizeOf<Libc.iovec>());
        Assert.Equal(56, Unsafe.SizeOf<Libc.msghdr>());
        Assert.Equal(64, Unsafe.SizeOf<Libc.mmsghdr>());
        Assert.Equal(16, Unsafe.SizeOf<Libc.cmsghdr>());
        Assert.Equal(16, Unsafe.SizeOf<Libc.sockaddr_in>());
        Assert.Equal(28, Unsafe.SizeOf<Libc.sockaddr_in6>());
        Assert.Equal(128, Unsafe.SizeOf<Libc.sockaddr_storage>());
        Assert.Equal(136, Unsafe.SizeOf<Libc.group_req>());
        Assert.Equal(264, Unsafe.SizeOf<Libc.group_source_req>());
        Assert.Equal(272, Unsafe.SizeOf<Libc.group_filter>());
        Assert.Equal(16, Unsafe.SizeOf<Libc.if_name_index>());
        Assert.Equal(8, Unsafe.SizeOf<Libc.pollfd>());
    }

    [Fact]
    public void CallsThatTheCLibraryDoesNotWrapGoThroughOneEntry() => Assert.Single(
        typeof(Libc).GetMethods(BindingFlags.Static | BindingFlags.NonPublic | BindingFlags.Public), method => method.Name == "syscall");

    [Theory]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_namelen), 8)]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_iov), 16)]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_iovlen), 24)]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_control), 32)]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_controllen), 40)]
    [InlineData(typeof(Libc.msghdr), nameof(Libc.msghdr.msg_flags), 48)]
    [InlineData(typeof(Libc.mmsghdr), nameof(Libc.mmsghdr.msg_len), 56)]
    [InlineData(typeof(Libc.iovec), nameof(Libc.iovec.iov_len), 8)]
    [InlineData(typeof(Libc.cmsghdr), nameof(Libc.cmsghdr.cmsg_level), 8)]
    [InlineData(typeof(Libc.cmsghdr), nameof(Libc.cmsghdr.cmsg_type), 12)]
    [InlineData(typeof(Libc.sockaddr_in), nameof(Libc.sockaddr_in.sin_port), 2)]
    [InlineData(typeof(Libc.sockaddr_in), nameof(Libc.sockaddr_in.sin_addr), 4)]
    [InlineData(typeof(Libc.sockaddr_in6), nameof(Libc.sockaddr_in6.sin6_port), 2)]
    [InlineData(typeof(Libc.sockaddr_in6), nameof(Libc.sockaddr_in6.sin6_addr), 8)]
    [InlineData(typeof(Libc.sockaddr_in6), nameof(Libc.sockaddr_in6.sin6_scope_id), 24)]
    [InlineData(typeof(Libc.group_req), nameof(Libc.group_req.gr_group), 8)]
    [InlineData(typeof(Libc.group_source_req), nameof(Libc.group_source_req.gsr_group), 8)]
    [InlineData(typeof(Libc.group_source_req), nameof(Libc.group_source_req.gsr_source), 136)]
    [InlineData(typeof(Libc.group_filter), nameof(Libc.group_filter.gf_group), 8)]
    [InlineData(typeof(Libc.if_name_index), nameof(Libc.if_name_index.if_name), 8)]
    [InlineData(typeof(Libc.pollfd), nameof(Libc.pollfd.events), 4)]
    [InlineData(typeof(Libc.pollfd), nameof(Libc.pollfd.revents), 6)]
    public void FieldsLieWhereTheKernelLooks(Type type, string field, int offset) =>
        Assert.Equal(offset, Marshal.OffsetOf(type, field));
}
